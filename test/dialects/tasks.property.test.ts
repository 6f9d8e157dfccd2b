import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCompletions } from '../../proxy/dialects/completions/parse.ts';
import { REFUSED } from '../../proxy/dialects/completions/request.ts';
import type { Understood } from '../../proxy/dialects/dialect.ts';
import { parseEmbeddings } from '../../proxy/dialects/embeddings/parse.ts';
import { ApiError } from '../../proxy/errors.ts';
import { anyText, INHERITED } from '../helpers/arbitraries.ts';
import { complaint, refusalsNameTheField } from './complaint.ts';

const some = anyText({ minLength: 1 });
const overTheWire = <T>(body: T): T => JSON.parse(JSON.stringify(body));

const vectors = fc
  .record(
    {
      model: some,
      input: fc.oneof(some, fc.array(some, { minLength: 1, maxLength: 5 })),
      dimensions: fc.integer({ min: 1 }),
      encoding_format: fc.constantFrom('float', 'base64'),
      user: anyText(),
    },
    { requiredKeys: ['model', 'input'] },
  )
  .map(overTheWire);

const texts = fc
  .record(
    {
      model: some,
      prompt: fc.oneof(some, fc.tuple(some)),
      suffix: fc.option(anyText()),
      max_tokens: fc.integer({ min: 1 }),
      stream: fc.boolean(),
      stop: fc.oneof(some, fc.array(some, { minLength: 1, maxLength: 4 })),
      seed: fc.maxSafeInteger(),
      user: anyText(),
    },
    { requiredKeys: ['model', 'prompt'] },
  )
  .map(overTheWire);

const PARSERS: [string, (body: unknown) => Understood, fc.Arbitrary<object>, string[]][] = [
  ['embeddings', parseEmbeddings, vectors, ['model', 'input', 'dimensions', 'encoding_format', 'user']],
  [
    'completions',
    parseCompletions,
    texts,
    [
      ...['model', 'prompt', 'suffix', 'max_tokens', 'stream', 'stop', 'seed', 'user', 'n', 'best_of'],
      ...['temperature', 'top_p', 'logprobs', ...Object.keys(REFUSED)],
    ],
  ],
];

describe('a request that is accepted', () => {
  it('for vectors keeps every text in its place', () => {
    fc.assert(
      fc.property(vectors, (sent) => {
        const { request, user, ignored } = parseEmbeddings(sent);
        expect(request.task).toEqual({
          kind: 'embed',
          input: typeof sent.input === 'string' ? [sent.input] : sent.input,
          ...(sent.dimensions !== undefined && { dimensions: sent.dimensions }),
        });
        expect({ user, ignored, sees: request.sees }).toEqual({
          user: sent.user ?? null,
          ignored: [],
          sees: 'nothing',
        });
      }),
    );
  });

  it('for a text keeps every word, and takes an empty suffix for none', () => {
    fc.assert(
      fc.property(texts, (sent) => {
        const { request, user, ignored } = parseCompletions(sent);
        expect(request.task).toEqual({
          kind: 'complete',
          prompt: typeof sent.prompt === 'string' ? sent.prompt : sent.prompt[0],
          ...(sent.suffix && { suffix: sent.suffix }),
        });
        expect(request.maxTokens).toBe(sent.max_tokens ?? 16);
        expect(request.sampling.stop).toEqual(typeof sent.stop === 'string' ? [sent.stop] : sent.stop);
        expect({ user, ignored, sees: request.sees }).toEqual({
          user: sent.user ?? null,
          ignored: [],
          sees: sent.stream ? 'everything' : 'nothing',
        });
      }),
    );
  });

  it.each(PARSERS)('for %s names what has no effect, whatever it is called', (_name, parse, body, known) => {
    const unknown = fc
      .oneof(anyText(), fc.constantFrom(...INHERITED))
      .filter((name) => !known.includes(name) && !['echo', 'stream_options'].includes(name))
      .filter((name) => !/^(top_k|min_p|(frequency|presence)_penalty)$/.test(name));
    fc.assert(
      fc.property(body, unknown, ({ ...sent }, name) => {
        const odd = JSON.parse(`{${JSON.stringify(name)}:1,${JSON.stringify(sent).slice(1)}`);
        const { ignored, request } = parse(odd);
        expect(ignored).toEqual([name.replace(/[^\w.-]/g, '?').slice(0, 64)]);
        expect(request).toEqual(parse(sent).request);
      }),
    );
  });
});

describe('a request that is refused', () => {
  it.each(PARSERS)('for %s names the field, whatever stands there', (_name, parse, body, known) => {
    refusalsNameTheField(parse, body, known);
  });

  it.each(PARSERS)('for %s is so when it is no object at all', (_name, parse) => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(complaint(parse, json)).toBeInstanceOf(ApiError);
      }),
    );
  });
});
