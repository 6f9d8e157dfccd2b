import type { FakeModel } from './models.ts';
import { instanceOf } from './schema-instance.ts';

/** A request of `/api/chat`, `/api/generate` or `/api/embed` as far as the fake looks at it. */
export interface ChatBody {
  model?: string;
  messages?: { role: string; content?: string; images?: string[] }[];
  stream?: boolean;
  think?: boolean | string;
  format?: unknown;
  tools?: unknown[];
  keep_alive?: unknown;
  truncate?: boolean;
  shift?: boolean;
  prompt?: string;
  suffix?: string;
  raw?: boolean;
  input?: unknown;
  dimensions?: number;
  logprobs?: boolean;
  top_logprobs?: number;
  options?: { num_ctx?: number; num_predict?: number; stop?: string[] };
}

/** What the model will say, cut into tokens. */
export interface Script {
  thinking: string[];
  tokens: string[];
  toolCalls: { id: string; function: { index: number; name: string; arguments: unknown } }[];
  doneReason: 'stop' | 'length';
  promptTokens: number;
}

export const tokensOf = (text: string): string[] => text.match(/\s*\S+|\s+$/g) ?? [];

/** Words, roughly: what the fake counts as tokens. */
export function countTokens(body: ChatBody): number {
  return (body.messages ?? []).reduce((sum, { content }) => sum + tokensOf(content ?? '').length, 0) + 10;
}

/** Writes the answer of a model to a request. */
export function script(model: FakeModel, body: ChatBody): Script {
  const last = body.messages?.at(-1)?.content ?? '';
  // `"json"` is ignored, as the real one does for models made of a GGUF.
  const bound = typeof body.format === 'object' && body.format !== null;
  const reply = typeof model.reply === 'function' ? model.reply(body) : model.reply;
  const text = bound ? JSON.stringify(instanceOf(body.format)) : (reply ?? `echo: ${last}`);
  const calls = body.tools?.length ? (model.toolCalls ?? []) : [];
  const stopped = beforeStop(calls.length > 0 ? '' : text, body.options?.stop ?? []);
  const thinks = model.capabilities.includes('thinking') && body.think !== false;
  const all = tokensOf(stopped);
  const limit = body.options?.num_predict ?? -1;
  const cut = limit >= 0 && all.length > limit;
  return {
    thinking: thinks ? tokensOf(model.thinking ?? 'let me see') : [],
    tokens: cut ? all.slice(0, limit) : all,
    toolCalls: calls.map((call, index) => ({ id: `call_fake${index}`, function: { index, ...call } })),
    doneReason: cut ? 'length' : 'stop',
    promptTokens: countTokens(body),
  };
}

function beforeStop(text: string, stops: string[]): string {
  const ends = stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  return ends.length > 0 ? text.slice(0, Math.min(...ends)) : text;
}

/** One token's made-up probability, in the shape of a real one. */
export function logprobOf(token: string, top: number): unknown {
  const one = { token, logprob: -0.25, bytes: [...Buffer.from(token)] };
  return { ...one, ...(top > 0 && { top_logprobs: [one] }) };
}
