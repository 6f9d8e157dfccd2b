import * as z from 'zod';
import { message, openaiRequest, responseFormat, tool } from '../../dialects/openai/request.ts';
import { type Group, json, SSE_TYPE } from '../group.ts';
import { errorBody } from '../shapes/base.ts';
import {
  askingHeaders,
  chatShapes,
  completion,
  completionChunk,
  failureHeaders,
  receiptHeaders,
} from '../shapes/chat.ts';

/** When an answer cannot be had: the same for every dialect. */
export const ANSWER_ERRORS = {
  404: 'There is no model of that name (`model_not_found`).',
  500: 'Toaster itself went wrong (`internal_error`).',
  502: 'The answer broke off (`broke_off`).',
  503: 'Nobody could answer (`chain_failed`), there is no room (`no_room`), too many wait (`busy`), or it would have been a smaller model and `X-Strict` forbids that (`would_be_demoted`). `Retry-After` says when another try may help.',
};

const modelFacts = {
  id: z.string(),
  object: z.literal('model'),
  created: z.int().describe('When Toaster started, in seconds since 1970.'),
  owned_by: z.literal('toaster'),
  type: z.literal('model'),
  display_name: z.string(),
  created_at: z.string().describe('The same as `created`, as Anthropic writes it.'),
  max_input_tokens: z.int().nullable(),
};

const model = z
  .union([
    z.object({
      ...modelFacts,
      weights: z.string(),
      runtime: z.string(),
      size_gb: z.number(),
      context: z.int().describe('In tokens.'),
      paid: z.literal(true).exactOptional().describe('It costs money.'),
      chain: z.array(z.string()).describe('The model and who stands in for it, in order.'),
    }),
    z.object({
      ...modelFacts,
      council: z.array(z.string()).describe('The models that it asks, its chairman last.'),
      chain: z.array(z.string()),
    }),
  ])
  .describe('A model in OpenAI’s shape and Anthropic’s at once, with what Toaster knows besides.');

const modelList = z.object({
  object: z.literal('list'),
  data: z.array(model),
  has_more: z.literal(false),
  first_id: z.string().nullable(),
  last_id: z.string().nullable(),
});

/** OpenAI's API: what clients point at. */
export const answers: Group = {
  name: 'Asking models',
  about:
    'OpenAI’s API, so that any client of it works: its base URL is `http://127.0.0.1:11436/v1`, its key anything. The person picks the model; who has answered is in `X-Served-By` and in the body’s `model`.',
  operations: [
    {
      method: 'post',
      path: '/v1/chat/completions',
      id: 'createChatCompletion',
      summary: 'Ask a model',
      description:
        'With `stream: true` the answer comes as server-sent events, one chunk each, and ends with `data: [DONE]`. A stream that breaks off ends with an error as its last event instead, and never with a `finish_reason`. Fields that are not listed and would not change the answer are passed over and named in `X-Ignored-Params`; those that would and cannot be honoured are a 400.',
      headers: askingHeaders,
      body: { type: 'application/json', schema: openaiRequest },
      answers: {
        200: {
          description: 'The answer.',
          headers: receiptHeaders,
          content: {
            ...json('', completion).content,
            [SSE_TYPE]: {
              schema: z.string().describe('Events without a name, and `data: [DONE]` at the end.'),
              events: { message: z.union([completionChunk, errorBody, z.literal('[DONE]')]) },
            },
          },
        },
      },
      errors: ANSWER_ERRORS,
      errorHeaders: failureHeaders,
    },
    {
      method: 'get',
      path: '/v1/models',
      id: 'listModels',
      summary: 'All models',
      answers: {
        200: json('The models of the config.', modelList),
      },
    },
    {
      method: 'get',
      path: '/v1/models/{id}',
      id: 'getModel',
      summary: 'One model',
      inPath: z.object({ id: z.string().describe('Its name in the config.') }),
      answers: { 200: json('The model.', model) },
      errors: { 404: ANSWER_ERRORS[404] },
    },
  ],
  shapes: {
    ChatRequest: openaiRequest,
    Message: message,
    Tool: tool,
    ResponseFormat: responseFormat,
    ...chatShapes,
    Model: model,
  },
};
