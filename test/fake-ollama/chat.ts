import type { ServerResponse } from 'node:http';
import { drained } from '../helpers/drained.ts';
import { type ChatBody, countTokens, logprobOf, type Script, script } from './answer.ts';
import { type Fault, RUNNER_DIED } from './faults.ts';
import { keepAliveSeconds } from './go-duration.ts';
import { type FakeModel, type LoadOptions, pause, type Residency } from './models.ts';

const DEFAULT_CONTEXT = 4096;

/** An answer with a status of its own; the text goes out as `{"error": text}`. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface Chatting {
  model: FakeModel;
  body: ChatBody;
  fault: Fault | null;
  residency: Residency;
  /** Cut the stream at odd bytes. */
  oddBytes: boolean;
  res: ServerResponse;
  signal: AbortSignal;
  /** How the words come: `/api/chat` has messages. */
  dress?: (said: Said) => object;
}

/** What is said in one line of an answer, or in all of it. */
interface Said {
  content: string;
  thinking?: string;
  tool_calls?: Script['toolCalls'];
}

const asMessage = (said: Said): object => ({ message: { role: 'assistant', ...said } });

/** `/api/generate` has the words without a message. */
export const asResponse = ({ content }: Said): object => ({ response: content });

/** `/api/chat` for a model that exists. Throws `Refusal`. */
export async function chat(chatting: Chatting): Promise<void> {
  const { model, body, residency, res, signal, fault } = chatting;
  const keepAliveS = readKeepAlive(body);
  refuseIncapable(model, body);
  if (!body.messages?.length) return preload(chatting, keepAliveS);
  const options = loadOptions(body);
  const began = performance.now();
  const loaded = await residency.load(model, options, signal);
  const loadNs = loaded ? (performance.now() - began) * 1e6 : 1e6;
  residency.enter(model.name, keepAliveS);
  try {
    refuseOverflow(body, options.context);
    refuseImages(model, body);
    if (fault?.kind === 'hang')
      return await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    await say(chatting, script(model, body), loadNs);
  } finally {
    residency.leave(model.name);
  }
  if (fault?.kind === 'late-end') await pause(fault.ms, signal);
  if (!signal.aborted) res.end();
}

export const loadOptions = ({ options, shift }: ChatBody): LoadOptions => ({
  context: options?.num_ctx ?? DEFAULT_CONTEXT,
  shift: shift ?? true,
});

/** Throws a `Refusal` in Go's words. */
export function readKeepAlive(body: ChatBody): number | undefined {
  try {
    return keepAliveSeconds(body.keep_alive);
  } catch (error) {
    throw new Refusal(400, error instanceof Error ? error.message : String(error));
  }
}

function refuseIncapable(model: FakeModel, { think, tools, messages }: ChatBody): void {
  if (model.capabilities.includes('embedding') && messages?.length)
    throw new Refusal(400, `"${model.name}" does not support chat`);
  if (think && !model.capabilities.includes('thinking'))
    throw new Refusal(400, `"${model.name}" does not support thinking`);
  if (tools?.length && !model.capabilities.includes('tools'))
    throw new Refusal(400, `registry.ollama.ai/library/${model.name} does not support tools`);
}

/** llama-server's own error travels as JSON inside the text. */
function refuseOverflow(body: ChatBody, context: number): void {
  const count = countTokens(body);
  if (count <= context || body.truncate !== false) return;
  const message = `request (${count} tokens) exceeds the available context size (${context} tokens), try increasing it`;
  const error = {
    code: 400,
    message,
    type: 'exceed_context_size_error',
    n_prompt_tokens: count,
    n_ctx: context,
  };
  throw new Refusal(400, JSON.stringify({ error }));
}

function refuseImages(model: FakeModel, body: ChatBody): void {
  if (model.capabilities.includes('vision') || !body.messages?.some(({ images }) => images?.length)) return;
  const message =
    'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj';
  throw new Refusal(500, JSON.stringify({ error: { code: 500, message, type: 'server_error' } }));
}

async function preload(
  { model, body, residency, res, signal, dress = asMessage }: Chatting,
  keepAliveS: number | undefined,
): Promise<void> {
  if (keepAliveS === 0) residency.unload(model.name);
  else {
    await residency.load(model, loadOptions(body), signal);
    residency.enter(model.name, keepAliveS);
    residency.leave(model.name);
  }
  const done = { done: true, done_reason: keepAliveS === 0 ? 'unload' : 'load' };
  sendJson(res, { ...head(model), ...dress({ content: '' }), ...done });
}

/** A whole JSON response. */
export function sendJson(res: ServerResponse, json: unknown, status = 200): void {
  if (!res.destroyed)
    res.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(json));
}

const head = (model: FakeModel) => ({ model: model.name, created_at: new Date().toISOString() });

async function say(
  { model, body, fault, oddBytes, residency, res, signal, dress = asMessage }: Chatting,
  said: Script,
  loadNs: number,
): Promise<void> {
  const began = performance.now();
  const steps = stepsOf(said, body, dress);
  const tokenMs = (): number => model.tokenMs * (residency.machine?.slowdown ?? 1);
  const end = (): object => ({
    done: true,
    done_reason: said.doneReason,
    total_duration: Math.round((performance.now() - began) * 1e6 + loadNs),
    load_duration: Math.round(loadNs),
    prompt_eval_count: said.promptTokens,
    prompt_eval_duration: 1_000_000,
    eval_count: said.thinking.length + said.tokens.length,
    eval_duration: Math.max(1, Math.round((performance.now() - began) * 1e6)),
  });
  if (body.stream === false) {
    await pause(tokenMs() * steps.length, signal);
    const content = said.tokens.join('').trimStart();
    const whole = dress({
      content,
      ...(said.thinking.length > 0 && { thinking: said.thinking.join('') }),
      ...(said.toolCalls.length > 0 && { tool_calls: said.toolCalls }),
    });
    const logprobs = said.tokens.map((token) => logprobOf(token, body.top_logprobs ?? 0));
    sendJson(res, { ...head(model), ...whole, ...end(), ...(body.logprobs && { logprobs }) });
    return;
  }
  const line = (json: object): string => `${JSON.stringify({ ...head(model), ...json })}\n`;
  res.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const after = fault && 'after' in fault ? (fault.after ?? 0) : 0;
  for (const [index, step] of steps.entries()) {
    if (index === after && (await strike(fault, res, signal))) return;
    await pause(fault?.kind === 'slow-tokens' ? fault.ms : tokenMs(), signal);
    if (signal.aborted) return;
    await write(res, line({ ...step, done: false }), oddBytes);
  }
  if (after >= steps.length && (await strike(fault, res, signal))) return;
  await write(res, line({ ...dress({ content: '' }), ...end() }), oddBytes);
}

function stepsOf(
  { thinking, tokens, toolCalls }: Script,
  body: ChatBody,
  dress: (said: Said) => object,
): object[] {
  return [
    ...thinking.map((token) => dress({ content: '', thinking: token })),
    ...tokens.map((token) => ({
      ...dress({ content: token }),
      ...(body.logprobs && { logprobs: [logprobOf(token, body.top_logprobs ?? 0)] }),
    })),
    ...(toolCalls.length > 0 ? [dress({ content: '', tool_calls: toolCalls })] : []),
  ];
}

/** Does what the fault says at this place of the stream; true when that was the end. */
async function strike(fault: Fault | null, res: ServerResponse, signal: AbortSignal): Promise<boolean> {
  if (fault?.kind === 'hang-mid-stream') {
    res.flushHeaders();
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    return true;
  }
  if (fault?.kind === 'reset-mid-stream') {
    // What has been said before arrives.
    if (res.headersSent) await new Promise((resolve) => res.write('', resolve));
    res.destroy();
    return true;
  }
  if (fault?.kind === 'error-in-stream') {
    res.write(`${JSON.stringify({ error: RUNNER_DIED })}\n`);
    return true;
  }
  if (fault?.kind === 'malformed-line') res.write('{"model":"broken\n');
  return fault?.kind === 'no-end' || fault?.kind === 'malformed-line';
}

async function write(res: ServerResponse, text: string, oddBytes: boolean): Promise<void> {
  if (!oddBytes) {
    // A real one says no more than its client reads.
    if (!res.write(text)) await drained(res);
    return;
  }
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 7) {
    res.write(bytes.subarray(at, at + 7));
    await new Promise((resolve) => setImmediate(resolve));
  }
}
