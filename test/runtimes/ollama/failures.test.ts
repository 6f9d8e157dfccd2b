import { expect, it } from 'vitest';
import { failureOf } from '../../../proxy/runtimes/ollama/failures.ts';

const asked = { model: 'fast', weights: { name: 'w:1b' } };
const of = (status: number, error: string) =>
  failureOf(status, undefined, JSON.stringify({ error }), asked, 'input');

it.each([
  [501, 'This server does not support embeddings. Start it with `--embeddings`', 'model', /no embeddings/],
  [400, 'registry.ollama.ai/library/w:1b does not support insert', 'suffix', /cannot fill in/],
  [400, '"w:1b" does not support chat', 'model', /embeddings only/],
  [400, '"w:1b" does not support generate', 'model', /embeddings only/],
  [400, 'the input length exceeds the context length', 'input', /longer than fast takes/],
])('%i, %s: the request is at fault, at %s', (status, error, param, message) => {
  expect(of(status, error)).toMatchObject({
    ...{ name: 'ApiError', status: 400, param },
    message: expect.stringMatching(message),
  });
});

it('a missing model and a runner in trouble are the link’s', () => {
  expect(of(404, 'model "w:1b" not found, try pulling it first')).toMatchObject({ reason: 'missing' });
  expect(of(500, 'do embedding request: EOF')).toMatchObject({ reason: 'http_5xx', counts: true });
});
