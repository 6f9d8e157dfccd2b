/** What `toaster` does, line by line: the help, and the manual page. */
export const COMMANDS: [string, string][] = [
  ['toaster', 'serves on 127.0.0.1:11436 until it is interrupted'],
  ['toaster install-service', 'has it served from now on, after a restart of the machine, too'],
  ['toaster uninstall-service', 'ends that, and removes what install-service wrote'],
  ['toaster --help', 'this text'],
  ['toaster --version', 'the version'],
];

export const FLAGS: [string, string][] = [
  ['--print', 'with either: shows the file and the commands, and does nothing'],
];

/** What decides where and how it serves. */
export const ENVIRONMENT: [string, string][] = [
  ['ASK_PORT', 'the port, 11436'],
  ['ASK_HOST', 'a further address to listen on; demands an API key'],
  ['ASK_CONFIG', 'the config, ~/.config/ask/config.yaml'],
  ['ASK_DATA_DIR', 'the folder of log, cache and token, ~/.local/share/ask'],
  ['ASK_MODEL_DIR', 'the folder of GGUFs, models in the data folder'],
  ['TOASTER_NODE', 'the node to run with, where it is not the first on PATH'],
];

/** The text of `toaster --help`. */
export function usageText(): string {
  return [
    'Toaster keeps local models warm behind one port; `ask` asks them.',
    '',
    ...columns(COMMANDS),
    '',
    ...columns(FLAGS),
    '',
    'Environment (install-service carries over what is set):',
    ...columns(ENVIRONMENT),
    '',
  ].join('\n');
}

function columns(rows: readonly [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
