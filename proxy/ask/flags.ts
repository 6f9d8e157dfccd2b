/** A flag of `ask`. One table: the parser, the help text, the manual page and the completions read it. */
export interface Flag {
  name: string;
  short?: string;
  /** What its value is called in the help text; absent for a flag without a value. */
  value?: string;
  /** The values that it takes, where they are few. */
  choices?: readonly string[];
  help: string;
  /** The flag without which it means nothing. */
  goesWith?: string;
  /** It is all that is wanted: no model is asked. */
  command?: true;
}

export const FLAGS: readonly Flag[] = [
  {
    name: 'model',
    short: 'm',
    value: 'NAME',
    help: 'ask this model, or this tier, by its name in the config',
  },
  { name: 'system', short: 's', value: 'TEXT', help: 'a system prompt' },
  { name: 'json', short: 'j', help: 'print the whole receipt with the answer, as JSON' },
  { name: 'schema', value: 'FILE', help: 'answer in JSON that fits the JSON Schema in FILE' },
  { name: 'temperature', short: 't', value: 'NUMBER', help: '0 is steady, 1 is lively' },
  { name: 'max-tokens', value: 'N', help: 'cut the answer after N tokens' },
  { name: 'seed', value: 'N', help: 'the same seed and question give the same answer where the runtime can' },
  { name: 'no-cache', help: 'neither look into the prompt cache nor store the answer' },
  { name: 'again', help: 'ask the last question of this terminal once more: ask --again --think' },
  { name: 'refresh', help: 'answer anew and store that' },
  { name: 'strict', help: 'fail with exit code 6 rather than answer with a smaller model' },
  { name: 'force', help: 'load the model even where there seems to be no room for it' },
  { name: 'timeout', value: 'TIME', help: 'give up after this long: 30s, 5m (a bare number is seconds)' },
  { name: 'why', help: 'a receipt on stderr: who answered, why, and what it took' },
  { name: 'think-out', help: 'show the reasoning, on stderr' },
  { name: 'show', help: "with a council: its members' answers on stderr, and then who they were" },
  {
    name: 'status',
    command: true,
    help: 'what is in memory, what is free, and the pressure (with --json, too)',
  },
  { name: 'models', command: true, help: 'all models: tier, weights, size, warm or cold (with --json, too)' },
  {
    name: 'doctor',
    command: true,
    help: 'what is wrong on this machine, and what mends it (with --json, too)',
  },
  {
    name: 'pull',
    command: true,
    value: 'TIER',
    help: 'fetch what a tier needs: one, several (9b,3b), or all (with --json, a line a second)',
  },
  { name: 'warm', command: true, value: 'NAME', help: 'pin a model or tier: it stays warm' },
  { name: 'cool', command: true, value: 'NAME', help: 'unpin a model or tier, and unload it' },
  {
    name: 'stats',
    command: true,
    help: 'what was asked and what it saved, in 7 days; or: ask --stats 24h (with --json, too)',
  },
  {
    name: 'log',
    command: true,
    help: 'the last 20 requests; or: ask --log 50 timeout (so many with that word; with --json, too)',
  },
  {
    name: 'only',
    value: 'KIND',
    choices: ['demoted', 'failed', 'cached', 'council'],
    help: 'demoted, failed, cached or council',
    goesWith: 'log',
  },
  { name: 'follow', short: 'f', help: 'go on as requests come', goesWith: 'log' },
  { name: 'open', command: true, help: 'the window, in a browser; prints its address, good for a minute' },
  {
    name: 'stress',
    command: true,
    help: 'fire prompts at two tiers at once and watch memory; what it does to this machine',
  },
  { name: 'tiers', value: 'A,B', help: 'other tiers than 9b,heavy', goesWith: 'stress' },
  { name: 'rounds', value: 'N', help: 'how often (3)', goesWith: 'stress' },
  {
    name: 'guard',
    value: 'on|off',
    choices: ['on', 'off'],
    help: 'off: memory is not planned, at your own risk',
    goesWith: 'stress',
  },
  { name: 'out', value: 'FILE', help: 'a page with the curves', goesWith: 'stress' },
  {
    name: 'completions',
    command: true,
    value: 'SHELL',
    choices: ['bash', 'zsh', 'fish'],
    help: 'a script that lets bash, zsh or fish complete flags, tiers and models',
  },
  { name: 'man', command: true, help: 'the manual page: ask --man | man -l -' },
  { name: 'help', command: true, short: 'h', help: 'this text' },
  { name: 'version', command: true, short: 'V', help: "Toaster's version" },
];
