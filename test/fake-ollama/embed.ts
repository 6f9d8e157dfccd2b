import { createHash } from 'node:crypto';
import type { ChatBody } from './answer.ts';
import { tokensOf } from './answer.ts';
import { type Chatting, loadOptions, Refusal, readKeepAlive, sendJson } from './chat.ts';
import { pause } from './models.ts';

/** How long the fake's vectors are. */
const LENGTH = 128;

/** The texts of a body. Throws `Refusal` for anything else; nothing is looked at before that, not even the model. */
export function inputOf({ input = [] }: ChatBody): string[] {
  if (typeof input === 'string') return input === '' ? [] : [input];
  if (Array.isArray(input) && input.every((text) => typeof text === 'string')) return input;
  throw new Refusal(400, 'invalid input type');
}

/** `/api/embed` for a model that exists; without any input it only loads. Throws `Refusal`. */
export async function embed({ model, body, fault, residency, res, signal }: Chatting): Promise<void> {
  const keepAliveS = readKeepAlive(body);
  const input = inputOf(body);
  const options = loadOptions(body);
  const began = performance.now();
  await residency.load(model, options, signal);
  const loadNs = Math.round((performance.now() - began) * 1e6) + 1;
  residency.enter(model.name, keepAliveS);
  try {
    if (fault?.kind === 'hang')
      return await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    if (input.length === 0) return sendJson(res, { model: model.name, embeddings: [] });
    if (!model.capabilities.includes('embedding'))
      throw new Refusal(501, 'This server does not support embeddings. Start it with `--embeddings`');
    const counts = input.map((text) => tokensOf(text).length + 2);
    if (body.truncate === false && counts.some((count) => count > options.context))
      throw new Refusal(400, 'the input length exceeds the context length');
    await pause(model.tokenMs * input.length, signal);
    if (signal.aborted) return;
    sendJson(res, {
      model: model.name,
      embeddings: input.map((text) => vectorOf(text, body.dimensions)),
      total_duration: loadNs + 1000,
      load_duration: loadNs,
      prompt_eval_count: counts.reduce((sum, count) => sum + count, 0),
    });
  } finally {
    residency.leave(model.name);
  }
}

/** The same for the same text, of length 1; a shorter one is cut and stretched, a longer one cannot be had. */
export function vectorOf(text: string, dimensions = LENGTH): number[] {
  const bytes = [0, 1, 2, 3].flatMap((i) => [...createHash('sha256').update(`${i}${text}`).digest()]);
  const values = bytes.slice(0, Math.min(dimensions, LENGTH)).map((byte) => byte / 127.5 - 1);
  const length = Math.hypot(...values);
  return values.map((value) => Math.fround(value / length));
}
