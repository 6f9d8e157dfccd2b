import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { percentile } from '../../proxy/telemetry/percentile.ts';

const ROUNDS = 150;
const QUESTION = 'the same question';

/**
 * What `--why` costs a whole `ask` that is answered from the cache, as a row for the table: by pairs that ran one after
 * the other, and beside it what `ask` differs from itself, which is what can be measured here at all.
 */
export function whyRow(url: string, data: string) {
  const env = { ...process.env, ASK_URL: url, ASK_DATA_DIR: data };
  const ask = join(import.meta.dirname, '..', '..', 'cli', 'ask');
  const time = (args: string[]): number => {
    const began = performance.now();
    execFileSync(ask, args, { env, stdio: ['ignore', 'ignore', 'ignore'] });
    return performance.now() - began;
  };
  const ways = { plain: [QUESTION], again: [QUESTION], why: ['--why', QUESTION] };
  const names = Object.keys(ways) as (keyof typeof ways)[];
  const rounds = Array.from({ length: ROUNDS + 5 }, (_, n) => {
    // Who comes first changes, since what ran before has warmed the machine.
    const turn = [...names.slice(n % 3), ...names.slice(0, n % 3)];
    return Object.fromEntries(turn.map((name) => [name, time(ways[name])])) as Record<
      keyof typeof ways,
      number
    >;
  }).slice(5);
  const median = (of: (round: (typeof rounds)[number]) => number) => percentile(rounds.map(of), 0.5);
  const [cost, noise] = [
    median(({ why, plain }) => why - plain),
    median(({ again, plain }) => again - plain),
  ];
  return {
    what: 'ask --why over ask, on a hit',
    measured: `${cost.toFixed(2)} ms more, and ask to itself ${noise.toFixed(2)} ms`,
    value: median(({ why, plain }) => why / plain),
    aim: 1.05,
  };
}
