import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Wanted, WrongWish } from './arms.ts';
import { ALL } from './questions/all.ts';

export const HELP = `npm run eval:council -- [flags]: does the council help, on the models that you have?

Asks ${ALL.length} questions with checkable answers of one model and of a council, by way of the Toaster that runs here, and
prints what it finds. Where the council's chairman is another model than the single one, it is asked alone, too.

  --single NAME     the single model (default: that of the council's first member)
  --council NAME    the council (default: the first one of the config)
  --no-chairman     do not ask the chairman alone
  --questions N     only so many, of all kinds and levels alike (1 to ${ALL.length})
  --seed N          which ones, and in which order (default: 1)
  --json FILE       keep the answers in this file, one a line (default: a new one in dist/); one that exists is gone
                    on with: what it has is not asked again, but for what failed or was degraded
  --help            this text

ASK_URL or ASK_PORT say where Toaster is. Ctrl-C ends it, and shows what there is so far.
`;

export interface Options extends Wanted {
  questions: number;
  seed: number;
  file: string;
  help: boolean;
}

const dist = fileURLToPath(new URL('../../dist', import.meta.url));

/** Reads the command line, of somebody in the folder `from`. `now` names a file that is not named. Throws `WrongWish`. */
export function readOptions(args: string[], from: string, now: Date): Options {
  const { single, council, 'no-chairman': alone, questions, seed, json, help } = parsed(args);
  return {
    single: single ?? null,
    council: council ?? null,
    chairman: !alone,
    questions: wholeNumber('questions', questions ?? String(ALL.length), 1, ALL.length),
    seed: wholeNumber('seed', seed ?? '1', 0, 2 ** 31 - 1),
    file: json === undefined ? resolve(dist, `eval-council-${stamp(now)}.jsonl`) : resolve(from, json),
    help: help ?? false,
  };
}

/** `20261125-041530`, UTC */
const stamp = (now: Date): string => now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        single: { type: 'string' },
        council: { type: 'string' },
        'no-chairman': { type: 'boolean' },
        questions: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new WrongWish(`${error.message}\nnpm run eval:council -- --help lists the flags.`);
  }
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new WrongWish(`--${flag} ${text} is not a whole number from ${least} to ${most}.`);
}
