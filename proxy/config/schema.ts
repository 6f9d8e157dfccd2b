import * as z from 'zod';
import { DURATION } from './duration.ts';

/** The validator of a complete config; the JSON Schema and the types are derived from it. */

const NOT_A_DURATION =
  'is not a duration: write a number with its unit, such as 30s, 15m or 1h30m, or "0" or forever';

const duration = z
  .string(NOT_A_DURATION)
  .regex(DURATION, NOT_A_DURATION)
  .describe('A number with its unit (ms, s, m, h, d), such as 30s or 1h30m; or "0"; or forever.');

const name = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/,
    'is not a usable name: use letters, digits, dots, dashes and underscores',
  );

const url = z.url({ protocol: /^https?$/, error: 'is not an http:// or https:// address' });

/** Where a secret is, for the file is no place for it: it is copied, shown and put under version control. */
const secret = z.union(
  [
    z.strictObject({
      env: z.string().min(1).describe('An environment variable of the process that serves.'),
    }),
    z.strictObject({
      keychain: z.string().min(1).describe('The service of a generic password in the macOS keychain.'),
    }),
  ],
  // Whatever stands there instead may be the secret itself, so nothing of it is repeated.
  'is no place for a secret: write { env: NAME } or { keychain: SERVICE }, which say where it is',
);

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not the name of a header')
  .refine((header) => !OWN_HEADERS.test(header), 'is a header that Toaster sets itself; remove it');
const OWN_HEADERS = /^(authorization|host|content-length|content-type|transfer-encoding|connection|accept)$/i;

const openai = z.strictObject({
  kind: z.literal('openai').describe('Any server that speaks the OpenAI API.'),
  url: url
    .refine(
      (text) => !/^https?:\/\/[^/]*@/.test(text),
      'holds a password; write `key:`, which says where it is',
    )
    .describe('Its base, mostly ending in /v1; https:// for TLS.'),
  key: secret.optional().describe('Where its key is; sent as a bearer token.'),
  headers: z
    .record(headerName, z.union([z.string().regex(/^[\t\x20-\x7e]*$/), secret]))
    .default({})
    .describe('Further headers of each request; a secret one says where it is, as `key` does.'),
  ca: z
    .string()
    .min(1)
    .optional()
    .describe('A PEM file: the authority of its certificate, where it is a private one.'),
  paid: z
    .boolean()
    .default(false)
    .describe('It costs money: asked by name only, and no fallback unless a model says allow_paid_fallback.'),
  local: z
    .boolean()
    .optional()
    .describe(
      'Whether its weights take this machine’s memory; left out, when its address is one of this machine and it is not paid.',
    ),
});

const runtime = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ollama').describe('Ollama, over its native API.'),
    url: url.default('http://127.0.0.1:11434').describe('Where Ollama listens.'),
  }),
  z.strictObject({
    kind: z.literal('llamacpp').describe('llama.cpp inside Toaster; its process starts on first use.'),
    threads: z.int().positive().optional().describe('CPU threads; left out, Toaster picks.'),
  }),
  openai,
]);

const weights = z.strictObject({
  runtime: z.string().describe('A key of `runtimes`.'),
  name: z
    .string()
    .min(1)
    .optional()
    .describe('The name by which Ollama, or a server of the OpenAI API, knows the weights.'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe('A GGUF file for llamacpp: a name in the models folder, or an absolute path.'),
  source: z
    .strictObject({
      url: url.describe('Its last part is the name of the file.'),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'is not a sha256: 64 digits from 0 to f')
        .describe('Of the whole file.'),
      bytes: z.int().positive().describe('Of the whole file.'),
    })
    .optional()
    .describe('Where `ask --pull` gets the GGUF, and what its bytes are.'),
  revision: z
    .string()
    .min(1)
    .optional()
    .describe(
      'For a server of the OpenAI API: what tells these weights from others of that name. With it answers are cached.',
    ),
  size_gb: z
    .number()
    .min(0)
    .default(0)
    .describe('What the weights take in memory, in GB; left out for those on another machine.'),
  context: z
    .int()
    .min(256)
    .default(8192)
    .describe('Context length in tokens, the same for all models on these weights.'),
  parallel: z
    .int()
    .min(1)
    .max(1024)
    .default(2)
    .describe(
      'How many requests the runtime gets at a time; others wait. At most 16, but on an `openai` runtime. For Ollama its OLLAMA_NUM_PARALLEL, and one more.',
    ),
});

const sampling = {
  temperature: z
    .number()
    .min(0)
    .max(2)
    .optional()
    .describe('0 is steady, 1 is lively; when the request does not say. Left out, the runtime decides.'),
  top_p: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('As `temperature`: of the likeliest tokens, this share.'),
  top_k: z.int().min(0).optional().describe('As `temperature`: of the likeliest tokens, so many.'),
  min_p: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('As `temperature`: tokens that are at least this likely, beside the likeliest.'),
};

const timeouts = z.strictObject({
  connect: duration.default('2s').describe('Until the runtime accepts the connection.'),
  first_token: duration.default('60s').describe('Until the first token, once the weights are in memory.'),
  load: duration.default('5m').describe('Until the first token while the weights are being loaded.'),
  idle: duration.default('30s').describe('Between two tokens.'),
});

const think = z.union([z.boolean(), z.enum(['low', 'medium', 'high'])]);

const single = z.strictObject({
  weights: z.string().describe('A key of `weights`.'),
  think: think
    .optional()
    .describe('Whether the model reasons before it answers; left out, the runtime decides.'),
  keep_alive: duration.default('5m').describe('How long the weights stay warm after the last answer.'),
  fallback: z.array(z.string()).default([]).describe('Models to try, in this order, when this one fails.'),
  allow_paid_fallback: z
    .boolean()
    .optional()
    .describe('Whether models that cost money may stand in `fallback`.'),
  system: z.string().optional().describe('A system prompt for requests that bring none.'),
  max_tokens: z
    .int()
    .positive()
    .optional()
    .describe('The most tokens of an answer when the request does not say.'),
  cache: z.boolean().default(false).describe('Use the prompt cache for API clients, too. `ask` always does.'),
  on_tight: z
    .enum(['load', 'demote'])
    .default('load')
    .describe(
      'When the weights exceed what is free, though not the machine: load them alone, or let the next model answer.',
    ),
  on_no_room: z
    .enum(['demote', 'refuse'])
    .default('demote')
    .describe('When there is no room at all: let the next model answer, or refuse with a 503.'),
  timeouts: timeouts.prefault({}).describe('When an attempt is given up, and the next model asked.'),
  ...sampling,
});

const seat = z.strictObject({
  model: z.string().describe('A model that is no council.'),
  temperature: z.number().min(0).max(2).optional().describe('Left out: the model’s.'),
  seed: z
    .int()
    .optional()
    .describe('Left out: the request’s, one more for each further member, or a random one.'),
});

const council = z.strictObject({
  members: z.array(seat).min(2).max(8).describe('Who answers: at once where runtime and memory allow it.'),
  chairman: z.string().describe('The model that reads the answers anonymised and writes the final one.'),
  allow_paid_fallback: z
    .boolean()
    .optional()
    .describe('Whether its members and its chairman may cost money.'),
});

const cache = z.strictObject({
  ttl: duration.default('30d').describe('How long an answer may be reused.'),
  max_mb: z
    .number()
    .positive()
    .default(200)
    .describe('Oldest-used answers go first when the cache grows over this.'),
});

const thrash = z.strictObject({
  swapouts: z
    .number()
    .positive()
    .optional()
    .describe('Pages swapped out per second; without it 2000 on macOS and 8000 on Linux, some 32 MB/s.'),
  for: duration.default('30s').describe('How long that must last.'),
});

export const reserveGb = z.number().min(0);

const queue = z.strictObject({
  most: z
    .int()
    .min(1)
    .default(256)
    .describe('How many requests may wait for the same weights; more are turned away with a 503.'),
  wait: duration.default('10m').describe('How long one may wait.'),
});

const memory = z.strictObject({
  reserve_gb: reserveGb.default(2).describe('What stays free for everything else.'),
  budget_gb: z
    .number()
    .positive()
    .optional()
    .describe('The most that all models together may have; left out, what is free.'),
  system_gb: z
    .number()
    .min(0)
    .default(4)
    .describe('What is never a model’s, even of one that is loaded alone.'),
  thrash: thrash
    .prefault({})
    .describe('When a load that exceeds what is free is given up, before its first token.'),
});

/** What the tier above costs, so that it can be said what was saved. */
export const prices = z.strictObject({
  input: z.number().min(0).describe('Per million tokens of a prompt.'),
  output: z.number().min(0).describe('Per million tokens of an answer.'),
  currency: z.string().min(1).max(8).default('USD').describe('As it is to be shown.'),
});

/** A complete config, every default filled in. */
export const configSchema = z.strictObject({
  default_tier: z.string().describe('The tier of `ask` without a tier flag: a key of `tiers`.'),
  runtimes: z.record(name, runtime).describe('What holds weights in memory.'),
  weights: z.record(name, weights).describe('Blobs, each on one runtime.'),
  models: z
    .record(name, z.union([single.describe('A model on weights'), council.describe('A council of models')]))
    .describe('Logical models: what clients ask for.'),
  tiers: z.record(name, z.string()).describe('Flags of `ask`, each naming a model.'),
  cache: cache.prefault({}).describe('The prompt cache.'),
  queue: queue.prefault({}).describe('What happens to requests for weights that are at work for others.'),
  history: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether the last prompt of each terminal is remembered, in memory alone, for ask --again.'),
  memory: memory.prefault({}).describe('How much of the machine models may have.'),
  prices: prices.optional().describe('What the tier above costs; without it nothing is said about savings.'),
});

export type Config = z.output<typeof configSchema>;
export type RuntimeConfig = Config['runtimes'][string];
export type OpenaiConfig = z.output<typeof openai>;
export type Secret = z.output<typeof secret>;
export type WeightsConfig = Config['weights'][string];
export type ModelConfig = z.output<typeof single>;
export type CouncilConfig = z.output<typeof council>;
export type Think = z.output<typeof think>;

/** Which of the two shapes a model has. */
export function isCouncil(model: Config['models'][string]): model is CouncilConfig {
  return 'members' in model;
}
