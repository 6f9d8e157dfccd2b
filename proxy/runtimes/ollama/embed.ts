import * as z from 'zod';
import type { RuntimeEvent, Task } from '../../chat/types.ts';
import { ApiError, LinkFailure } from '../../errors.ts';
import type { Link } from '../types.ts';
import { embedBody } from './embed-body.ts';
import { failureOf } from './failures.ts';
import { type OllamaHttp, readText } from './http.ts';
import { tellLoading } from './residency.ts';

type Embed = Extract<Task, { kind: 'embed' }>;

/** So much goes at a time: a client that leaves stops the rest, and each answer is a sign of life. */
const BATCH = { texts: 32, chars: 40_000 };

/** Of the answer of `/api/embed`, what is used. Source: Ollama's api/types.go, EmbedResponse; the last two are left out at times. */
const answer = z.object({
  embeddings: z.array(z.array(z.number())),
  /** Nanoseconds. */
  load_duration: z.number().optional(),
  prompt_eval_count: z.number().optional(),
});

/** The vectors of a link's weights, batch by batch. Throws as a `CompleteLink` does. */
export async function* embed(
  http: OllamaHttp,
  link: Link,
  { input, dimensions }: Embed,
  signal: AbortSignal,
): AsyncGenerator<RuntimeEvent> {
  let promptTokens = 0;
  let loadS: number | null = null;
  for (const texts of batches(input)) {
    const body = JSON.stringify(embedBody(link, texts, dimensions));
    const call = {
      method: 'POST',
      path: '/api/embed',
      body,
      connectS: link.timeouts.connect,
      signal,
    } as const;
    const response = yield* tellLoading(http, link.weights.name ?? '', http.send(call));
    const status = response.statusCode ?? 0;
    const text = await readText(response);
    if (status !== 200) throw failureOf(status, response.headers['retry-after'], text, link, 'input');
    const { embeddings, load_duration, prompt_eval_count } = read(text, link, texts.length);
    refuseLength(embeddings[0], dimensions, link);
    promptTokens += prompt_eval_count ?? 0;
    loadS ??= (load_duration ?? 0) / 1e9;
    yield { type: 'delta', embeddings };
  }
  yield { type: 'finish', reason: 'stop', usage: { promptTokens, completionTokens: 0 }, loadS };
}

function* batches(input: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let chars = 0;
  for (const text of input) {
    if (batch.length === BATCH.texts || (batch.length > 0 && chars + text.length > BATCH.chars)) {
      yield batch;
      batch = [];
      chars = 0;
    }
    batch.push(text);
    chars += text.length;
  }
  if (batch.length > 0) yield batch;
}

function read(text: string, { model }: Link, count: number): z.output<typeof answer> {
  const unreadable = (cause: unknown): LinkFailure =>
    new LinkFailure('crash', `Ollama's embeddings of ${model} cannot be read: ${text.slice(0, 80)}`, {
      cause,
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw unreadable(error);
  }
  const parsed = answer.safeParse(json);
  if (!parsed.success) throw unreadable(parsed.error);
  const { length } = parsed.data.embeddings;
  if (length === count) return parsed.data;
  throw new LinkFailure('crash', `Ollama gave ${length} embeddings of ${model} for ${count} texts`);
}

/** Ollama cuts vectors, and leaves those that are shorter as they are. */
function refuseLength(
  vector: readonly number[] | undefined,
  dimensions: number | undefined,
  link: Link,
): void {
  if (dimensions === undefined || vector === undefined || vector.length === dimensions) return;
  throw new ApiError(
    400,
    `The vectors of ${link.model} have ${vector.length} numbers and cannot have ${dimensions}; send smaller \`dimensions\` or none.`,
    { param: 'dimensions', code: 'unsupported' },
  );
}
