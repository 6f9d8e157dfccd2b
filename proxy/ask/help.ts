import { isPaid, isRemote } from '../config/remote.ts';
import { type Config, isCouncil } from '../config/schema.ts';
import { FLAGS } from './flags.ts';

export const USAGE = ['ask [TIER] [FLAGS] WORDS...', 'command | ask [TIER] [FLAGS] WORDS...'];
export const INTRODUCTION =
  'Asks a local model. What is piped in follows the words. Notices go to stderr, the answer alone to stdout.';
export const EXIT_CODES =
  'Exit codes: 0 answered, 2 usage, 3 no proxy, 4 every model of the chain failed, 5 broke off mid-answer,\n6 --strict and it would have been a smaller model, 130 interrupted.\n--doctor exits with 4 when anything is wrong.';
export const EXAMPLES = [
  'git diff | ask "one-line commit message"',
  'ask --heavy --why "a regular expression for ISO dates"',
];

/** Each tier with what it asks. */
export function tierHelp(config: Config): [string, string][] {
  return Object.entries(config.tiers).map(([tier, name]) => [`--${tier}`, describe(config, tier, name)]);
}

/** Each flag, as it is written, with what it does. */
export function flagHelp(): [string, string][] {
  return FLAGS.map(({ name, short, value, help, goesWith }) => [
    `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    goesWith === undefined ? help : `with --${goesWith}: ${help}`,
  ]);
}

/** The text of `ask --help`, with the tiers of this config. */
export function helpText(config: Config): string {
  return [
    ...USAGE.map((line, i) => `${i === 0 ? 'usage: ' : '       '}${line}`),
    '',
    INTRODUCTION,
    '',
    'Tiers:',
    ...columns(tierHelp(config)),
    '',
    'Flags:',
    ...columns(flagHelp()),
    '    --  everything after it is the question',
    '',
    EXIT_CODES,
    '',
    'Examples:',
    ...EXAMPLES.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function describe(config: Config, tier: string, name: string): string {
  const model = config.models[name];
  const isDefault = tier === config.default_tier ? ' (without a flag)' : '';
  if (!model) return name;
  if (isCouncil(model))
    return `${name}: ${model.members.length} opinions, then ${model.chairman} composes one answer${isDefault}`;
  const weights = config.weights[model.weights];
  const runtime = weights && config.runtimes[weights.runtime];
  const size = runtime && isRemote(runtime) ? `on ${weights.runtime}` : `${weights?.size_gb} GB`;
  const cost = isPaid(config, name) ? ', costs money' : '';
  const fallback = model.fallback.length > 0 ? `, then ${model.fallback.join(', ')}` : '';
  return `${name}, ${size}${cost}${fallback}${isDefault}`;
}

function columns(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
