import { z } from 'zod';
import { anthropicRequest, countRequest } from '../../dialects/anthropic/request.ts';
import { type Group, json, SSE_TYPE } from '../group.ts';
import { anthropicError, anthropicEvents, anthropicMessage, anthropicShapes } from '../shapes/anthropic.ts';
import { errorBody } from '../shapes/base.ts';
import { askingHeaders, failureHeaders, receiptHeaders } from '../shapes/chat.ts';
import { ANSWER_ERRORS } from './answers.ts';

const requestId = { 'request-id': z.string().describe('Where Anthropic’s clients look for `X-Request-Id`.') };
const failed = {
  errorHeaders: failureHeaders.extend(z.object(requestId).partial().shape),
  // Before it is known who asks, errors are like everybody's.
  errorBody: z.union([anthropicError, errorBody]),
};

/** Anthropic's API, for Claude Code and other clients of it. */
export const anthropic: Group = {
  name: 'Anthropic’s API',
  about: 'For clients that speak it; their base URL is `http://127.0.0.1:11436`. The key may come as `x-api-key`.',
  operations: [
    {
      method: 'post',
      path: '/v1/messages',
      id: 'createMessage',
      summary: 'Ask a model, as Anthropic has it',
      headers: askingHeaders,
      body: { type: 'application/json', schema: anthropicRequest },
      answers: {
        200: {
          description: 'The answer.',
          headers: receiptHeaders.extend(requestId),
          content: {
            ...json('', anthropicMessage).content,
            [SSE_TYPE]: { schema: z.string().describe('Events with names.'), events: anthropicEvents },
          },
        },
      },
      errors: ANSWER_ERRORS,
      ...failed,
    },
    {
      method: 'post',
      path: '/v1/messages/count_tokens',
      id: 'countTokens',
      summary: 'About how many tokens a prompt has',
      description: 'An estimate, by its length: no weights are loaded to count.',
      body: { type: 'application/json', schema: countRequest },
      answers: {
        200: json(
          'The estimate.',
          z.object({ input_tokens: z.int().min(0) }),
          z.object({ 'X-Request-Id': z.string(), 'X-Token-Count': z.literal('estimated') }),
        ),
      },
      errors: { 404: ANSWER_ERRORS[404] },
      ...failed,
    },
  ],
  shapes: { MessagesRequest: anthropicRequest, CountRequest: countRequest, ...anthropicShapes },
};
