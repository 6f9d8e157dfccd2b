import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { RuntimeEvent, ToolCall } from '../../chat/types.ts';
import { LinkFailure } from '../../errors.ts';
import { logprobEntry, toLogprob } from '../logprobs.ts';

/** One line of Ollama's streamed answer, as far as it is used. Source: api/types.go, ChatResponse and GenerateResponse. */
const chunk = z.object({
  error: z.string().optional(),
  /** Of `/api/generate`, in place of a message. */
  response: z.string().optional(),
  message: z
    .object({
      content: z.string().optional(),
      thinking: z.string().optional(),
      tool_calls: z
        .array(
          z.object({
            id: z.string().optional(),
            function: z.object({ name: z.string(), arguments: z.json() }),
          }),
        )
        .optional(),
    })
    .optional(),
  logprobs: z.array(logprobEntry).nullish(),
  done: z.boolean().optional(),
  done_reason: z.string().optional(),
  /** Nanoseconds. */
  load_duration: z.number().optional(),
  prompt_eval_count: z.number().optional(),
  eval_count: z.number().optional(),
});
type Chunk = z.output<typeof chunk>;

/** Turns the lines of one answer into events; remembers whether tools were called, for the finish. */
export class ChunkReader {
  #called = false;

  /** The events of lines, each before the next is looked at. Throws `LinkFailure('crash')` for an error object or a line that is no JSON. */
  *read(lines: readonly string[]): Generator<RuntimeEvent> {
    for (const line of lines) {
      const parsed = parse(line);
      if (parsed.error !== undefined) throw new LinkFailure('crash', `Ollama broke off: ${parsed.error}`);
      const delta = this.#delta(parsed);
      if (delta) yield delta;
      if (parsed.done) yield this.#finish(parsed);
    }
  }

  #delta({ message, response, logprobs }: Chunk): RuntimeEvent | undefined {
    const toolCalls = (message?.tool_calls ?? []).map(toCall);
    if (toolCalls.length > 0) this.#called = true;
    const text = message?.content || response;
    if (!text && !message?.thinking && toolCalls.length === 0) return undefined;
    return {
      type: 'delta',
      ...(text && { text }),
      ...(message?.thinking && { reasoning: message.thinking }),
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(logprobs && logprobs.length > 0 && { logprobs: logprobs.map((entry) => toLogprob(entry)) }),
    };
  }

  #finish(chunk: Chunk): RuntimeEvent {
    return {
      type: 'finish',
      reason: chunk.done_reason === 'length' ? 'length' : this.#called ? 'tool_calls' : 'stop',
      usage: { promptTokens: chunk.prompt_eval_count ?? null, completionTokens: chunk.eval_count ?? null },
      loadS: chunk.load_duration === undefined ? null : chunk.load_duration / 1e9,
    };
  }
}

function parse(line: string): Chunk {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw new LinkFailure('crash', `Ollama sent a line that is no JSON: ${line.slice(0, 80)}`, {
      cause: error,
    });
  }
  const parsed = chunk.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new LinkFailure('crash', `Ollama sent a line of unknown shape: ${line.slice(0, 80)}`, {
    cause: parsed.error,
  });
}

function toCall(call: { id?: string | undefined; function: { name: string; arguments: unknown } }): ToolCall {
  const { name, arguments: given } = call.function;
  return {
    id: call.id ?? `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    name,
    arguments: typeof given === 'string' ? given : JSON.stringify(given),
  };
}
