import type { JsonObject } from '../../chat/types.ts';
import { ApiError } from '../../errors.ts';
import type { Link } from '../types.ts';
import { HINT } from './chat-body.ts';
import type { ServerError } from './error-of.ts';

/** What else a request can say in place of a field that a server does not know, or that it can do without it. */
type Instead = 'left out' | 'max_completion_tokens' | 'reasoning_effort' | 'without its schema';
/** Not a field: what stands beside `json_object`, where a server may not know it. */
const HINTED = 'response_format.schema';

/** Fields that are only a nicety, or that have another name. */
const REPLACED: Readonly<Record<string, Instead>> = {
  stream_options: 'left out',
  parallel_tool_calls: 'left out',
  max_tokens: 'max_completion_tokens',
  chat_template_kwargs: 'reasoning_effort',
  [HINTED]: 'without its schema',
};

/** Fields that decide the answer: without them it would not be what was asked for. In the order in which they are looked for. */
const DECISIVE = [
  'top_logprobs',
  'logprobs',
  'response_format',
  'reasoning_effort',
  'max_completion_tokens',
  'frequency_penalty',
  'presence_penalty',
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'seed',
  'stop',
  'tools',
];

/** How servers name a field in prose. */
const PROSE: Readonly<Record<string, RegExp>> = {
  response_format: /response_format|json_schema|structured output|guided decoding/i,
  tools: /\btools?\b|tool choice|function call/i,
  stop: /[`'"]stop[`'"]/,
  seed: /[`'"]?\bseed\b[`'"]?/,
  temperature: /[`'"]temperature[`'"]/,
};

/** A refusal that is about what the server can do, and not about the value that it was given. */
const CANNOT =
  /unsupported|not (?:yet )?support|does ?n[o']t support|unrecogni[sz]ed|unknown|unexpected|not permitted|extra (?:inputs|fields)|not allowed|not enabled|not implemented|not available|requires? --|is not a (?:valid|known) (?:parameter|field)/i;

/** Such a refusal is of this request alone: another value may do. */
const OF_VALUE =
  /\binvalid\b|must be|only the default|keyword|in context=|unrecogni[sz]ed schema|schema conversion|unsupported.value|does not support '/i;

/** What each model of a server turned out not to take, with the server's words. Kept until the config is read anew. */
export class Abilities {
  readonly #refused = new Map<string, Map<string, string>>();

  forget(): void {
    this.#refused.clear();
  }

  /**
   * A body without what the model does not take, or with it under another name. Throws `ApiError` 400 naming the field where
   * the answer would not be what was asked for.
   */
  fit(body: JsonObject, link: Link): JsonObject {
    const refused = this.#refused.get(nameOf(link));
    if (!refused) return body;
    const fitting = { ...body };
    if (refused.has(HINTED) && isHinted(body)) fitting.response_format = { type: 'json_object' };
    for (const field of Object.keys(REPLACED)) {
      const value = fitting[field];
      if (!refused.has(field) || value === undefined) continue;
      delete fitting[field];
      if (REPLACED[field] === 'max_completion_tokens') fitting.max_completion_tokens = value;
      if (REPLACED[field] === 'reasoning_effort') fitting.reasoning_effort ??= effortOf(value);
    }
    for (const [field, why] of refused) if (fitting[field] !== undefined) throw cannot(link, field, why);
    return fitting;
  }

  /** Takes note of what a refusal of `body` is about. False: it is not about what the server can do. */
  learn(body: JsonObject, error: ServerError, link: Link): boolean {
    const field = refusedField(body, error);
    if (field === null) return false;
    const name = nameOf(link);
    const refused = this.#refused.get(name) ?? new Map<string, string>();
    // Refused again although it was left out: then it is about something else.
    if (refused.has(field)) return false;
    this.#refused.set(name, refused.set(field, error.message));
    return true;
  }
}

/** The field of `body` that an error is about, when it says that the server does not take it; else null. */
export function refusedField(body: JsonObject, { message, code, param }: ServerError): string | null {
  if (!CANNOT.test(`${message} ${code}`) || OF_VALUE.test(`${message} ${/unsupported_value/.exec(code)}`))
    return null;
  if (isHinted(body) && /response_format/.test(`${message} ${param}`) && /schema/.test(`${message} ${param}`))
    return HINTED;
  const sent = [...Object.keys(REPLACED), ...DECISIVE].filter((field) => body[field] !== undefined);
  const top = param?.split('.')[0];
  const named = sent.find((field) => field === top);
  return named ?? sent.find((field) => mentions(message, field)) ?? null;
}

function isHinted({ response_format: format }: JsonObject): boolean {
  return (
    typeof format === 'object' &&
    format !== null &&
    'type' in format &&
    format.type === 'json_object' &&
    HINT in format
  );
}

function mentions(message: string, field: string): boolean {
  return (PROSE[field] ?? new RegExp(`\\b${field}\\b`)).test(message);
}

/** What `think` of a model means to a server that knows levels alone. */
function effortOf(kwargs: JsonObject[string]): string {
  const off =
    typeof kwargs === 'object' && kwargs !== null && 'enable_thinking' in kwargs && !kwargs.enable_thinking;
  return off ? 'none' : 'medium';
}

const nameOf = ({ weights }: Link): string => weights.name ?? '';

/** Where else than in the request such a field may come from. */
const OF_CONFIG: Readonly<Record<string, string>> = {
  reasoning_effort: 'think',
  max_completion_tokens: 'max_tokens',
  temperature: 'temperature',
  top_p: 'top_p',
  top_k: 'top_k',
  min_p: 'min_p',
};

function cannot({ model, runtime }: Link, field: string, why: string): ApiError {
  const own = OF_CONFIG[field];
  const there = own === undefined ? '' : `, and \`${own}\` of the model in the config,`;
  return new ApiError(
    400,
    `${model} on ${runtime} does not take \`${field}\` (${why}): leave it out${there} or ask another model.`,
    { param: field, code: 'unsupported' },
  );
}
