import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RuntimeEvent } from '../../../proxy/chat/types.ts';
import { ChunkReader } from '../../../proxy/runtimes/ollama/chunks.ts';
import { OllamaHttp, readLines } from '../../../proxy/runtimes/ollama/http.ts';
import { anyText, cuts, slices } from '../../helpers/arbitraries.ts';
import { never } from '../../helpers/requests.ts';

/** What the server says next: these pieces, and then an orderly end or none. */
let said: { pieces: Uint8Array[]; ends: boolean };
const server = http.createServer(async (_, res) => {
  const { pieces, ends } = said;
  res.flushHeaders();
  for (const piece of pieces) {
    // Each in a packet of its own.
    await new Promise((resolve) => res.write(piece, resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (ends) res.end();
  else res.destroy();
});
let ollama: OllamaHttp;
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ollama = new OllamaHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  ollama.close();
  server.close();
});

async function read(): Promise<RuntimeEvent[]> {
  const events: RuntimeEvent[] = [];
  const reader = new ChunkReader();
  const response = await ollama.send({ method: 'GET', path: '/', connectS: 5, signal: never() });
  for await (const lines of readLines(response)) events.push(...reader.read(lines));
  return events;
}

const tokens = fc.array(anyText({ minLength: 1, maxLength: 8 }).filter(Boolean), { maxLength: 6 });
const DONE = { message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', eval_count: 3 };
const wire = (texts: string[]): string =>
  [...texts.map((content) => ({ message: { content }, done: false })), DONE]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
const FINISH: RuntimeEvent = {
  type: 'finish',
  reason: 'stop',
  usage: { promptTokens: null, completionTokens: 3 },
  loadS: null,
};

it('reads the same events wherever the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(tokens, cuts, fc.boolean(), async (texts, at, newline) => {
      const bytes = Buffer.from(newline ? wire(texts) : wire(texts).trimEnd());
      said = { pieces: slices(bytes, at), ends: true };
      expect(await read()).toEqual([...texts.map((text) => ({ type: 'delta', text })), FINISH]);
    }),
    { numRuns: 60 },
  );
});

it('fails when the connection goes before the end, wherever that is', async () => {
  await fc.assert(
    fc.asyncProperty(tokens, cuts, fc.nat(), async (texts, at, cut) => {
      const bytes = Buffer.from(wire(texts));
      said = { pieces: slices(bytes.subarray(0, cut % bytes.length), at), ends: false };
      await expect(read()).rejects.toThrow();
    }),
    { numRuns: 60 },
  );
});
