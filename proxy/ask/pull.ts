import { requireToken } from '../admin/token.ts';
import type { Config } from '../config/schema.ts';
import { EXIT } from '../contract.ts';
import { linksOf } from '../pull/desk.ts';
import { Progress, type Screen } from '../pull/progress.ts';
import type { PullProgress } from '../runtimes/types.ts';
import type { AskCall } from './call.ts';
import { UsageError } from './parse-args.ts';

/** `ask --pull TIER`: fetches what it needs; a bar on a terminal's stderr, else lines on stdout. */
export async function answerPull({ service, exchange, words, form, res, notes }: AskCall): Promise<void> {
  const { token } = service.parts;
  requireToken(`Bearer ${form.get('token')?.trim() ?? ''}`, token.value, token.file);
  const { config } = exchange.live;
  const links = linksOf(config, modelsOf(words.flags.get('pull') ?? '', config));
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const say = (text: string): void => {
    if (!res.headersSent) {
      res.set('Content-Type', 'text/plain; charset=utf-8');
      notes.intoHeaders(EXIT.answered);
    }
    res.write(text);
  };
  const screen: Screen = notes.live
    ? { isTTY: true, write: (text) => notes.raw(text) }
    : { write: (text) => say(text) };
  for (const link of links) {
    const { weights } = link;
    const label = weights.name ?? weights.file ?? weights.id;
    const tell = barOn(screen, label);
    const force = words.flags.has('force');
    try {
      const fetched = await service.pulls.pull(service.parts, link, { force, tell, signal: gone.signal });
      say(fetched ? `${label} is ready.\n` : `${label} is there already.\n`);
    } catch (error) {
      if (!gone.signal.aborted) throw error;
      exchange.told(EXIT.interrupted);
      return;
    }
  }
  exchange.told(EXIT.answered);
  notes.end(EXIT.answered, '');
}

/** Another part of a model counts as a new one from this share on; what is smaller is its template and licence. */
const WORTH = 1.01;

/** Shows progress whose total is not known at once: Ollama learns of a model's parts one after the other. */
function barOn(screen: Screen, label: string): (progress: PullProgress) => void {
  let bar: { progress: Progress; total: number; done: boolean } | null = null;
  return ({ bytes, total }) => {
    if (bar === null) screen.write(`Fetching ${label}\n`);
    if (bar === null || total > bar.total * WORTH)
      bar = { progress: new Progress(screen, total, bytes), total, done: false };
    if (bar.done) return;
    bar.done = bytes >= bar.total;
    bar.progress.show(Math.min(bytes, bar.total));
  };
}

/** The models that a list of tiers and models names. Throws `UsageError`. */
function modelsOf(text: string, { tiers, models }: Config): string[] {
  if (text === 'all') return Object.values(tiers);
  return text.split(',').map((word) => {
    const name = word.trim();
    const model = tiers[name] ?? name;
    if (models[model]) return model;
    throw new UsageError(`There is no tier or model ${name}; ask --models lists them.`);
  });
}
