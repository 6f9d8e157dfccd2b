import { z } from 'zod';
import { responsesRequest } from '../../dialects/responses/request.ts';
import { type Group, json, SSE_TYPE } from '../group.ts';
import { askingHeaders, failureHeaders, receiptHeaders } from '../shapes/chat.ts';
import { responseBody, responseEvents, responseShapes } from '../shapes/responses.ts';
import { ANSWER_ERRORS } from './answers.ts';

/** OpenAI's API of responses, for Codex and other clients of it. */
export const responses: Group = {
  name: 'Responses',
  about: 'OpenAI’s newer API. Nothing is kept between requests: each brings its whole input.',
  operations: [
    {
      method: 'post',
      path: '/v1/responses',
      id: 'createResponse',
      summary: 'Ask a model for a response',
      headers: askingHeaders,
      body: { type: 'application/json', schema: responsesRequest },
      answers: {
        200: {
          description: 'The response.',
          headers: receiptHeaders,
          content: {
            ...json('', responseBody).content,
            [SSE_TYPE]: { schema: z.string().describe('Events with names.'), events: responseEvents },
          },
        },
      },
      errors: ANSWER_ERRORS,
      errorHeaders: failureHeaders,
    },
    {
      method: 'get',
      path: '/v1/responses/{id}',
      id: 'getResponse',
      summary: 'Not here: no response is kept',
      description: 'So it is with everything under it, by any method.',
      inPath: z.object({ id: z.string() }),
      answers: {},
      errors: { 404: 'Always (`not_found`).' },
    },
  ],
  shapes: { ResponsesRequest: responsesRequest, ...responseShapes },
};
