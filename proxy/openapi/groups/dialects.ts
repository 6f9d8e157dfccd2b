import * as z from 'zod';
import { anthropicRequest, countRequest } from '../../dialects/anthropic/request.ts';
import { completionsRequest } from '../../dialects/completions/request.ts';
import { embeddingsRequest } from '../../dialects/embeddings/request.ts';
import { responsesRequest } from '../../dialects/responses/request.ts';
import { type Group, json, type Operation, SSE_TYPE } from '../group.ts';
import { errorBody } from '../shapes/base.ts';
import { askingHeaders, failureHeaders, receiptHeaders } from '../shapes/chat.ts';
import {
  anthropicError,
  anthropicEvents,
  anthropicMessage,
  dialectShapes,
  embeddingList,
  response,
  responseEvents,
  textCompletion,
} from '../shapes/dialects.ts';
import { ANSWER_ERRORS } from './answers.ts';

const REQUEST_ID = { 'request-id': z.string().exactOptional().describe('The same as `X-Request-Id`.') };

/** An answer that is whole, or a stream of these events. */
function answered(whole: z.ZodType, events: Record<string, z.ZodType> | null): Operation['answers'] {
  const stream = events && {
    [SSE_TYPE]: { schema: z.string().describe('Server-sent events.'), events },
  };
  return {
    200: {
      description: 'The answer.',
      headers: receiptHeaders.extend(REQUEST_ID),
      content: { ...json('', whole).content, ...stream },
    },
  };
}

/** A question to a model: what all of them have. */
const asking = { method: 'post', headers: askingHeaders, errors: ANSWER_ERRORS } as const;

/** The other APIs that clients speak. */
export const dialects: Group = {
  name: 'Other dialects',
  about:
    'The same models, chains and headers, for clients of other APIs than OpenAI’s chat. [Which API speaks what](apis.md) has more words about each.',
  operations: [
    {
      ...asking,
      path: '/v1/responses',
      id: 'createResponse',
      summary: 'OpenAI’s responses',
      description:
        'Nothing is kept: send the whole `input`. Hosted tools are left out and named in `X-Ignored-Params`.',
      body: { type: 'application/json', schema: responsesRequest },
      answers: answered(response, responseEvents),
      errorHeaders: failureHeaders,
    },
    {
      method: 'get',
      path: '/v1/responses/{id}',
      id: 'getResponse',
      summary: 'None is kept',
      inPath: z.object({ id: z.string() }),
      answers: {},
      errors: { 404: 'Always, and for every method; the message says what to do instead.' },
    },
    {
      ...asking,
      path: '/v1/messages',
      id: 'createMessage',
      summary: 'Anthropic’s messages',
      body: { type: 'application/json', schema: anthropicRequest },
      answers: answered(anthropicMessage, anthropicEvents),
      errorBody: z.union([anthropicError, errorBody]),
      errorHeaders: failureHeaders.extend(REQUEST_ID),
    },
    {
      method: 'post',
      path: '/v1/messages/count_tokens',
      id: 'countTokens',
      summary: 'About how many tokens a message has',
      body: { type: 'application/json', schema: countRequest },
      answers: {
        200: json(
          'An estimate, from the length of the text.',
          z.object({ input_tokens: z.int().min(0) }),
          z.object({ 'X-Token-Count': z.literal('estimated'), 'X-Request-Id': z.string() }),
        ),
      },
      errors: { 404: ANSWER_ERRORS[404] },
      errorBody: z.union([anthropicError, errorBody]),
      errorHeaders: failureHeaders.extend(REQUEST_ID),
    },
    {
      ...asking,
      path: '/v1/completions',
      id: 'createCompletion',
      summary: 'Have a text go on, or fill in before a `suffix`',
      body: { type: 'application/json', schema: completionsRequest },
      answers: answered(textCompletion, {
        message: z.union([textCompletion, errorBody, z.literal('[DONE]')]),
      }),
      errorHeaders: failureHeaders,
    },
    {
      ...asking,
      path: '/v1/embeddings',
      id: 'createEmbeddings',
      summary: 'Vectors of texts',
      description: 'No model stands in for another here: vectors of other weights lie in another space.',
      body: { type: 'application/json', schema: embeddingsRequest },
      answers: answered(embeddingList, null),
      errorHeaders: failureHeaders,
    },
  ],
  shapes: {
    ResponsesRequest: responsesRequest,
    AnthropicRequest: anthropicRequest,
    CountRequest: countRequest,
    CompletionsRequest: completionsRequest,
    EmbeddingsRequest: embeddingsRequest,
    ...dialectShapes,
  },
};
