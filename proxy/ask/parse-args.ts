import { parseArgs } from 'node:util';
import { nearest } from '../config/nearest.ts';
import { FLAGS, type Flag } from './flags.ts';

/** The words of a command line, understood as far as they need no config but the tiers' names. */
export interface AskWords {
  /** Values of flags; a flag without a value is ''. */
  flags: Map<string, string>;
  tier: string | null;
  prompt: string;
}

/** Node's parser takes a step for each word and each letter behind a single dash, and each step is longer with more to come. */
const MOST_WORDS = 20_000;
const MOST_LETTERS = 10_000;

/** The command line is wrong; the message says how to write it. */
export class UsageError extends Error {}

/** Reads `ask`'s arguments. Throws `UsageError`. */
export function parseAskArgs(args: string[], tiers: readonly string[]): AskWords {
  const letters = args.reduce((sum, arg) => sum + (/^-[^-]/.test(arg) ? arg.length : 0), 0);
  if (args.length > MOST_WORDS || letters > MOST_LETTERS)
    throw new UsageError('That is too much for a command line; pipe the text in: command | ask WORDS.');
  // A word with a space in it is never a flag, whatever it begins with: `ask "- one - two"`.
  const hidden = new Map<string, string>();
  const shown = args.map((arg, i) => {
    if (!/^-.*\s/s.test(arg) || /^--[\w-]+=/.test(arg)) return arg;
    hidden.set(`\0${i}`, arg);
    return `\0${i}`;
  });
  const reveal = (word: string): string => hidden.get(word) ?? word;

  const { tokens } = parseArgs({
    args: shown,
    options: optionsFor(tiers),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words: AskWords = { flags: new Map(), tier: null, prompt: '' };
  const prompt: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') prompt.push(reveal(token.value));
    else if (token.kind === 'option') take(words, token, tiers, reveal);
  }
  for (const { name, goesWith } of FLAGS)
    if (goesWith !== undefined && words.flags.has(name) && !words.flags.has(goesWith))
      throw new UsageError(`--${name} goes with --${goesWith}.`);
  refuseTwoThings(words);
  words.prompt = prompt.join(' ');
  return words;
}

/** What would be passed over in silence is refused: two commands, or a tier for one that asks no model. */
function refuseTwoThings({ flags, tier }: AskWords): void {
  if (flags.has('help')) return;
  const [one, other] = FLAGS.filter(({ name, command }) => command && flags.has(name)).map(
    ({ name }) => name,
  );
  if (one === undefined) return;
  if (other !== undefined) throw new UsageError(`--${one} and --${other} are two things; do one at a time.`);
  if (tier !== null) throw new UsageError(`--${one} asks no model; leave --${tier} out.`);
}

function optionsFor(
  tiers: readonly string[],
): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  const known = FLAGS.map(
    ({ name, short, value }): [string, { type: 'string' | 'boolean'; short?: string }] => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(short !== undefined && { short }) },
    ],
  );
  return Object.fromEntries([
    ...known,
    ...tiers.map((tier) => [tier, { type: 'boolean' as const }] as const),
  ]);
}

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
}

function take(
  words: AskWords,
  { name, rawName, value }: OptionToken,
  tiers: readonly string[],
  reveal: (word: string) => string,
): void {
  const flag = FLAGS.find((candidate) => candidate.name === name);
  if (!flag && !tiers.includes(name)) {
    if (/^-\d+$/.test(rawName))
      throw new UsageError(`${rawName} is not a flag; leave the dash out, or write -- before the question.`);
    const near = nearest(name, [...FLAGS.map((known) => known.name), ...tiers]);
    throw new UsageError(
      `${rawName} is not a flag${near ? `; did you mean --${near}?` : '; ask --help lists them.'}`,
    );
  }
  if (flag?.value !== undefined) {
    if (value === undefined || value === '')
      throw new UsageError(`${rawName} needs a value: ${rawName} ${flag.value}${choicesOf(flag, tiers)}`);
    words.flags.set(name, reveal(value));
    return;
  }
  if (value !== undefined) throw new UsageError(`${rawName} takes no value.`);
  if (flag) words.flags.set(name, '');
  else if (words.tier !== null && words.tier !== name)
    throw new UsageError(`--${words.tier} and --${name} name two tiers; pick one.`);
  else words.tier = name;
}

/** The values that a flag takes, for somebody who gave none. */
function choicesOf({ value, choices }: Flag, tiers: readonly string[]): string {
  const known = choices ?? (value === 'TIER' ? [...tiers, 'all'] : []);
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}
