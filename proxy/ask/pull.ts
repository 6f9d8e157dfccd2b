import { requireToken } from '../admin/token.ts';
import type { Config } from '../config/schema.ts';
import { EXIT } from '../contract.ts';
import { messageOf } from '../errors.ts';
import { jsonLine } from '../json-line.ts';
import { linksOf } from '../pull/desk.ts';
import { Progress, type Screen } from '../pull/progress.ts';
import type { PullProgress } from '../runtimes/types.ts';
import type { AskCall } from './call.ts';
import { namedModels } from './named-model.ts';
import { UsageError } from './parse-args.ts';

/**
 * `ask --pull TIER`: fetches what it needs; a bar on a terminal's stderr, else lines on stdout, with `--json` each one
 * JSON. What cannot be had keeps none of the others.
 */
export async function answerPull({ service, exchange, words, form, res, notes }: AskCall): Promise<void> {
  const { token } = service.parts;
  requireToken(`Bearer ${form.get('token')?.trim() ?? ''}`, token.value, token.file);
  const { config } = exchange.live;
  const links = linksOf(config, modelsOf(words.flags.get('pull') ?? '', config));
  const [force, json] = [words.flags.has('force'), words.flags.has('json')];
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  const say = (text: string): void => {
    if (!res.headersSent) {
      res.set('Content-Type', json ? 'application/x-ndjson' : 'text/plain; charset=utf-8');
      notes.intoHeaders(EXIT.answered);
    }
    res.write(text);
  };
  const screen: Screen = notes.watched
    ? { isTTY: true, write: (text) => notes.raw(text) }
    : { write: (text) => say(text) };
  const note = (text: string): void => (notes.watched ? notes.raw(`${text}\n`) : notes.line(text));
  const failures = new Map<string, unknown>();
  for (const link of links) {
    const { weights } = link;
    const label = weights.name ?? weights.file ?? weights.id;
    const teller = json ? jsonTeller(say, label) : textTeller(screen, say, label);
    try {
      const options = { force, tell: teller.progress, note, signal: gone.signal };
      teller.done(await service.pulls.pull(service.parts, link, options));
    } catch (error) {
      if (gone.signal.aborted) return exchange.told(EXIT.interrupted);
      teller.failed?.(messageOf(error));
      // Each reason once: an Ollama that is not there is so for all of them.
      failures.set(messageOf(error), error);
    }
  }
  throwLast(failures, note);
  exchange.told(EXIT.answered);
  notes.end(EXIT.answered, '');
}

/** The last failure ends it, as every error does; those before it are told here. */
function throwLast(failures: ReadonlyMap<string, unknown>, note: (text: string) => void): void {
  const last = [...failures.values()].at(-1);
  for (const [message, error] of failures) if (error !== last) note(`ask: ${message}`);
  if (last !== undefined) throw last;
}

/** Tells of one set of weights how it goes. */
interface Teller {
  progress(progress: PullProgress): void;
  /** `fetched`: false when it was there. */
  done(fetched: boolean): void;
  failed?(message: string): void;
}

function textTeller(screen: Screen, say: (text: string) => void, label: string): Teller {
  return {
    progress: barOn(screen, label),
    done: (fetched) => say(fetched ? `${label} is ready.\n` : `${label} is there already.\n`),
  };
}

const JSON_EVERY_MS = 1000;

function jsonTeller(say: (text: string) => void, name: string): Teller {
  const line = (facts: object): void => say(jsonLine({ name, ...facts }));
  let saidAt = Number.NEGATIVE_INFINITY;
  return {
    progress({ bytes, total }) {
      if (performance.now() - saidAt < JSON_EVERY_MS) return;
      saidAt = performance.now();
      line({ state: 'fetching', bytes, total });
    },
    done: (fetched) => line({ state: fetched ? 'ready' : 'there' }),
    failed: (error) => line({ state: 'failed', error }),
  };
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

function modelsOf(list: string, config: Config): string[] {
  const names = list === 'all' ? Object.values(config.tiers) : namedModels(list, config);
  if (names.length > 0) return names;
  throw new UsageError(`--pull ${list} names no tier; write one, several (9b,3b), or all.`);
}
