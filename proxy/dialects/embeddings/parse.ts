import { objectBody, readFields, unknownFields, unsupported } from '../body.ts';
import type { Understood } from '../dialect.ts';
import { hasTokens } from '../has-tokens.ts';
import { embeddingsRequest } from './request.ts';
import { vectorsWriter } from './writer.ts';

/** Reads an OpenAI embeddings request. Throws `ApiError` 400 naming the field when it cannot be honoured. */
export function parseEmbeddings(json: unknown): Understood {
  const body = objectBody(json, '`model` and `input`');
  if ('input' in body && hasTokens(body.input))
    throw unsupported('input', '`input` must be text: numbers of tokens mean something to one model only.');
  const { model, input, dimensions, encoding_format, user } = readFields(embeddingsRequest, body);
  return {
    request: {
      model,
      task: {
        kind: 'embed',
        input: typeof input === 'string' ? [input] : input,
        ...(dimensions != null && { dimensions }),
      },
      messages: [],
      tools: [],
      toolChoice: 'auto',
      parallelToolCalls: true,
      sampling: {},
      sees: 'nothing',
    },
    ignored: unknownFields(embeddingsRequest, body),
    user: user ?? null,
    metadata: null,
    writer: (res, receipt) => vectorsWriter(res, receipt, encoding_format ?? 'float'),
  };
}
