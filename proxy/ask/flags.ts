/** A flag of `ask`. One table: the parser, the help text and, later, the man page and completions read it. */
export interface Flag {
  name: string;
  short?: string;
  /** What its value is called in the help text; absent for a flag without a value. */
  value?: string;
  help: string;
  /** The flag without which it means nothing. */
  goesWith?: string;
}

export const FLAGS: readonly Flag[] = [
  { name: 'model', short: 'm', value: 'NAME', help: 'ask this model, by its name in the config' },
  { name: 'system', short: 's', value: 'TEXT', help: 'a system prompt' },
  { name: 'json', short: 'j', help: 'print the whole receipt with the answer, as JSON' },
  { name: 'schema', value: 'FILE', help: 'answer in JSON that fits the JSON Schema in FILE' },
  { name: 'temperature', short: 't', value: 'NUMBER', help: '0 is steady, 1 is lively' },
  { name: 'max-tokens', value: 'N', help: 'cut the answer after N tokens' },
  { name: 'seed', value: 'N', help: 'the same seed and question give the same answer where the runtime can' },
  { name: 'no-cache', help: 'neither look into the prompt cache nor store the answer' },
  { name: 'refresh', help: 'answer anew and store that' },
  { name: 'strict', help: 'fail with exit code 6 rather than answer with a smaller model' },
  { name: 'force', help: 'load the model even where there seems to be no room for it' },
  { name: 'timeout', value: 'TIME', help: 'give up after this long: 30s, 5m (a bare number is seconds)' },
  { name: 'why', help: 'a receipt on stderr: who answered, why, and what it took' },
  { name: 'think-out', help: 'show the reasoning, on stderr' },
  { name: 'show', help: "with a council: its members' answers on stderr, and then who they were" },
  { name: 'status', help: 'what is in memory, what is free, and the pressure (with --json, too)' },
  { name: 'models', help: 'all models: tier, weights, size, warm or cold (with --json, too)' },
  { name: 'warm', value: 'NAME', help: 'pin a model or tier: it stays warm' },
  { name: 'cool', value: 'NAME', help: 'unpin a model or tier, and unload it' },
  {
    name: 'stats',
    help: 'what was asked and saved in the last 7d, or --stats 24h (to 35d; with --json, too)',
  },
  { name: 'open', help: 'the window, in a browser; prints its address, good for a minute' },
  {
    name: 'stress',
    help: 'fire prompts at two tiers at once and watch memory; what it does to this machine',
  },
  { name: 'tiers', value: 'A,B', help: 'other tiers than 9b,heavy', goesWith: 'stress' },
  { name: 'rounds', value: 'N', help: 'how often (3)', goesWith: 'stress' },
  {
    name: 'guard',
    value: 'on|off',
    help: 'off: memory is not planned, at your own risk',
    goesWith: 'stress',
  },
  { name: 'out', value: 'FILE', help: 'a page with the curves', goesWith: 'stress' },
  { name: 'help', short: 'h', help: 'this text' },
  { name: 'version', short: 'V', help: "Toaster's version" },
];
