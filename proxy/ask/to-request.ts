import * as z from 'zod';
import type { ChatRequest, JsonObject, Message } from '../chat/types.ts';
import { DURATION, durationSeconds } from '../config/duration.ts';
import { type Config, isCouncil } from '../config/schema.ts';
import { parseJson } from '../parse-json.ts';
import { namedModel } from './named-model.ts';
import { type AskWords, UsageError } from './parse-args.ts';

/** What the shim sends besides the words. */
export interface AskInput {
  stdin: string;
  /** The content of the file that `--schema` names; null when it could not be read. */
  schema: string | null;
}

/** A question from the command line: the request, and how its answer is to be shown. */
export interface AskQuestion {
  request: Omit<ChatRequest, 'id' | 'from'>;
  json: boolean;
  why: boolean;
  thinkOut: boolean;
  /** Members' answers on stderr. */
  show: boolean;
  /** Seconds for everything together; Infinity when not limited. */
  timeoutS: number;
}

/** Makes a request of the words. Throws `UsageError`, and `ApiError` for a schema that is no JSON. */
export function toQuestion({ flags, tier, prompt }: AskWords, input: AskInput, config: Config): AskQuestion {
  const text = joinPrompt(prompt, input.stdin);
  if (text === '')
    throw new UsageError('There is nothing to ask: write the question after the flags, or pipe it in.');
  const system = flags.get('system');
  const messages: Message[] = [{ role: 'user', text }];
  if (system !== undefined) messages.unshift({ role: 'system', text: system });
  const temperature = numberFlag(flags, 'temperature', z.number().min(0).max(2), 'a number from 0 to 2');
  const seed = numberFlag(flags, 'seed', z.int(), 'a whole number');
  const maxTokens = numberFlag(flags, 'max-tokens', z.int().min(1), 'a whole number above 0');
  const json = flags.has('json');
  const model = modelName(flags.get('model'), tier, config);
  const asked = config.models[model];
  if (flags.has('show') && asked && !isCouncil(asked))
    throw new UsageError('--show goes with a council: ask --council --show.');
  return {
    request: {
      model,
      messages,
      tools: [],
      toolChoice: 'auto',
      parallelToolCalls: true,
      sampling: { ...(temperature !== undefined && { temperature }), ...(seed !== undefined && { seed }) },
      ...(maxTokens !== undefined && { maxTokens }),
      ...(flags.has('schema') && {
        format: { type: 'json_schema', schema: schemaOf(flags.get('schema') ?? '', input.schema) },
      }),
      strict: flags.has('strict'),
      room: flags.has('force') ? 'force' : 'plan',
      cache: { read: !flags.has('no-cache') && !flags.has('refresh'), write: !flags.has('no-cache') },
      sees: json ? 'nothing' : flags.has('think-out') ? 'everything' : 'text',
    },
    json,
    why: flags.has('why'),
    thinkOut: flags.has('think-out'),
    show: flags.has('show'),
    timeoutS: timeoutOf(flags.get('timeout')),
  };
}

/** The words are the instruction, what is piped in is what it is about. */
function joinPrompt(words: string, stdin: string): string {
  // Not by a regular expression: over a long run of spaces that takes minutes.
  const piped = stdin.trimEnd();
  return [words.trim() === '' ? '' : words, piped].filter((part) => part !== '').join('\n\n');
}

function modelName(model: string | undefined, tier: string | null, config: Config): string {
  if (model === undefined) return config.tiers[tier ?? config.default_tier] ?? '';
  if (tier !== null) throw new UsageError(`--${tier} and --model ${model} name two models; pick one.`);
  return config.models[model] ? model : namedModel(model, config);
}

function numberFlag(
  flags: AskWords['flags'],
  name: string,
  schema: z.ZodNumber | z.ZodInt,
  what: string,
): number | undefined {
  const text = flags.get(name);
  if (text === undefined) return undefined;
  const parsed = schema.safeParse(text.trim() === '' ? Number.NaN : Number(text));
  if (parsed.success) return parsed.data;
  throw new UsageError(`--${name} ${text} is not ${what}.`);
}

function timeoutOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const duration = /^\d+(\.\d+)?$/.test(text) ? `${text}s` : text;
  const seconds = DURATION.test(duration) ? durationSeconds(duration) : 0;
  if (seconds > 0) return seconds;
  throw new UsageError(`--timeout ${text} is not a time: write 30s or 5m.`);
}

function schemaOf(file: string, content: string | null): JsonObject {
  if (content === null) throw new UsageError(`--schema: ${file} cannot be read.`);
  const json = parseJson(content, `--schema: ${file}`);
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json;
  throw new UsageError(`--schema: ${file} must hold a JSON object.`);
}
