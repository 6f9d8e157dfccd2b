import type { Config } from '../config/schema.ts';
import { FLAGS, type Flag } from './flags.ts';
import { tierHelp } from './help.ts';
import { UsageError } from './parse-args.ts';

type Write = (config: Config) => string;

/** Makes `ask` known to a shell: its flags, the tiers and models of this config. */
const SHELLS: Record<string, Write> = { bash, zsh, fish };

/** The script of a shell, to be loaded by it. Throws `UsageError`. */
export function completions(shell: string, config: Config): string {
  const write = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
  if (write) return write(config);
  throw new UsageError(`--completions knows ${Object.keys(SHELLS).join(', ')}, not ${shell}.`);
}

/** What may follow a flag: `file`, words, or anything at all. */
function valuesOf({ value, choices }: Flag, { models, tiers }: Config): 'file' | 'any' | readonly string[] {
  if (choices) return choices;
  if (value === 'FILE') return 'file';
  if (value === 'TIER') return [...Object.keys(tiers), 'all'];
  if (value === 'NAME') return [...new Set([...Object.keys(tiers), ...Object.keys(models)])];
  return 'any';
}

const spellings = ({ name, short }: Flag): string[] =>
  short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`];

function bash(config: Config): string {
  const cases = FLAGS.flatMap((flag) => {
    const values = valuesOf(flag, config);
    if (flag.value === undefined) return [];
    const reply =
      values === 'file'
        ? 'COMPREPLY=($(compgen -f -- "$word"))'
        : values === 'any'
          ? 'COMPREPLY=()'
          : `COMPREPLY=($(compgen -W '${values.join(' ')}' -- "$word"))`;
    return [`    ${spellings(flag).join('|')}) ${reply}; return ;;`];
  });
  const all = [...Object.keys(config.tiers).map((tier) => `--${tier}`), ...FLAGS.flatMap(spellings)];
  return `# ask's completions for bash: eval "$(ask --completions bash)"
_ask() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  case $before in
${cases.join('\n')}
  esac
  case $word in
    -*) COMPREPLY=($(compgen -W '${all.join(' ')}' -- "$word")) ;;
    *) COMPREPLY=() ;;
  esac
}
complete -F _ask ask
`;
}

function zsh(config: Config): string {
  // In a spec brackets end the explanation, colons part it, and quotes end the word.
  const plain = (text: string): string => text.replaceAll(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''");
  const action = (flag: Flag): string => {
    const values = valuesOf(flag, config);
    if (flag.value === undefined) return '';
    const what = values === 'file' ? '_files' : values === 'any' ? ' ' : `(${values.join(' ')})`;
    return `:${plain(flag.value)}:${what}`;
  };
  const flags = FLAGS.map((flag) => {
    const [long, short] = spellings(flag);
    const spec = `'[${plain(flag.help)}]${action(flag)}'`;
    return short === undefined ? `'${long}'${spec}` : `'(${long} ${short})'{${long},${short}}${spec}`;
  });
  const tiers = tierHelp(config).map(([tier, help]) => `'${tier}[${plain(help)}]'`);
  return `#compdef ask
# ask's completions for zsh: eval "$(ask --completions zsh)", after compinit
_ask() {
  _arguments -s \\
${[...tiers, ...flags].map((spec) => `    ${spec} \\`).join('\n')}
    '*:words: '
}
compdef _ask ask
`;
}

function fish(config: Config): string {
  const quoted = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
  const tiers = tierHelp(config).map(
    ([tier, help]) => `complete -c ask -l ${tier.replace(/^--/, '')} -d ${quoted(help)}`,
  );
  const flags = FLAGS.map((flag) => {
    const { name, short, value, help } = flag;
    const values = valuesOf(flag, config);
    const takes =
      value === undefined
        ? ''
        : values === 'file'
          ? ' -r -F'
          : ` -x${values === 'any' ? '' : ` -a ${quoted(values.join(' '))}`}`;
    return `complete -c ask${short === undefined ? '' : ` -s ${short}`} -l ${name}${takes} -d ${quoted(help)}`;
  });
  return `# ask's completions for fish: ask --completions fish > ~/.config/fish/completions/ask.fish
complete -c ask -f
${[...tiers, ...flags].join('\n')}
`;
}
