import { type Config, isCouncil } from '../config/schema.ts';
import { FLAGS } from './flags.ts';

/** The text of `ask --help`, with the tiers of this config. */
export function helpText(config: Config): string {
  const tiers = Object.entries(config.tiers).map(([tier, name]): [string, string] => [
    `--${tier}`,
    describe(config, tier, name),
  ]);
  const flags = FLAGS.map(({ name, short, value, help, goesWith }): [string, string] => [
    `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`,
    goesWith === undefined ? help : `with --${goesWith}: ${help}`,
  ]);
  return [
    'usage: ask [TIER] [FLAGS] WORDS...',
    '       command | ask [TIER] [FLAGS] WORDS...',
    '',
    'Asks a local model. What is piped in follows the words. Notices go to stderr, the answer alone to stdout.',
    '',
    'Tiers:',
    ...columns(tiers),
    '',
    'Flags:',
    ...columns(flags),
    '    --  everything after it is the question',
    '',
    'Exit codes: 0 answered, 2 usage, 3 no proxy, 4 every model of the chain failed, 5 broke off mid-answer,',
    '6 --strict and it would have been a smaller model, 130 interrupted. --doctor exits with 4 when',
    'anything is wrong.',
    '',
    'Examples:',
    '  git diff | ask "one-line commit message"',
    '  ask --heavy --why "a regular expression for ISO dates"',
    '',
  ].join('\n');
}

function describe(config: Config, tier: string, name: string): string {
  const model = config.models[name];
  const isDefault = tier === config.default_tier ? ' (without a flag)' : '';
  if (!model) return name;
  if (isCouncil(model))
    return `${name}: ${model.members.length} opinions, then ${model.chairman} composes one answer${isDefault}`;
  const size = config.weights[model.weights]?.size_gb;
  const fallback = model.fallback.length > 0 ? `, then ${model.fallback.join(', ')}` : '';
  return `${name}, ${size} GB${fallback}${isDefault}`;
}

function columns(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
