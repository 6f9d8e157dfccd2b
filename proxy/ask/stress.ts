import * as z from 'zod';
import { isPaid } from '../config/remote.ts';
import type { Config } from '../config/schema.ts';
import { EXIT } from '../contract.ts';
import { jsonLine } from '../json-line.ts';
import { stressHead, stressRow, stressTail } from '../stress/rows.ts';
import type { StressOptions } from '../stress/run.ts';
import { summarize } from '../stress/summary.ts';
import type { AskCall } from './call.ts';
import { harmless } from './harmless.ts';
import { namedModels } from './named-model.ts';
import { type AskWords, UsageError } from './parse-args.ts';

const EACH = 2;
const ROUNDS = z.coerce.number().int().min(1).max(100);

/** What `ask --stress` is to do. Throws `UsageError`. */
export function stressOptions({ flags, prompt }: AskWords, config: Config): StressOptions {
  if (prompt.trim() !== '') throw new UsageError('--stress asks questions of its own; leave yours out.');
  const rounds = ROUNDS.safeParse(flags.get('rounds') ?? '3');
  if (!rounds.success)
    throw new UsageError(`--rounds ${flags.get('rounds')} is not a whole number from 1 to 100.`);
  const guard = flags.get('guard') ?? 'on';
  if (guard !== 'on' && guard !== 'off') throw new UsageError(`--guard ${guard} is neither on nor off.`);
  return { models: stressModels(flags.get('tiers'), config), rounds: rounds.data, each: EACH, guard };
}

function stressModels(text: string | undefined, config: Config): string[] {
  if (text !== undefined) return namedModels(text, config);
  // What costs money is only ever asked by name.
  const free = Object.entries(config.tiers).flatMap(([tier, name]) => (isPaid(config, name) ? [] : tier));
  const preferred = ['9b', 'heavy'].filter((tier) => free.includes(tier));
  return namedModels((preferred.length === 2 ? preferred : free.slice(0, 2)).join(), config);
}

/** `ask --stress`: rows while it runs, then the verdict. With `--json` the whole result instead. */
export async function answerStress({ service, exchange, words, res, notes }: AskCall): Promise<void> {
  const options = stressOptions(words, exchange.live.config);
  const json = words.flags.has('json');
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  let begun = false;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    res.set({ 'Content-Type': `${json ? 'application/json' : 'text/plain'}; charset=utf-8` });
    notes.intoHeaders(EXIT.answered);
    const running = service.stress.last;
    if (!json && running) res.write(stressHead(running));
  };
  const result = await service.stress.run(
    service,
    options,
    (event) => {
      begin();
      if (!json) res.write(harmless(stressRow(event)));
    },
    gone.signal,
  );
  const summary = summarize(result);
  const exit = summary.models.every(({ requests, failed }) => requests === failed)
    ? EXIT.failed
    : EXIT.answered;
  exchange.told(gone.signal.aborted ? EXIT.interrupted : exit);
  if (gone.signal.aborted) return;
  begin();
  notes.end(exit, json ? jsonLine({ ...result, summary }) : stressTail(summary));
}
