import * as z from 'zod';
import type {
  CacheOutcome,
  ErrorBody,
  ExitCode,
  FinishReason,
  PressureLevel,
  Reason,
  Span,
} from '../../contract.ts';
import { heldTo } from '../held-to.ts';

/** What several shapes are made of. */

export const count = z.int().min(0);
export const seconds = z.number().min(0);
export const time = z.number().describe('Seconds since 1970.');

export const reason = heldTo<Reason>()(
  z
    .enum([
      'timeout',
      'http_5xx',
      'connection',
      'crash',
      'no_room',
      'thrash',
      'cooling_off',
      'missing',
      'unsupported',
      'unauthorized',
      'empty',
    ])
    .describe('Why a link of a chain did not answer.'),
);

export const pressureLevel = heldTo<PressureLevel>()(z.enum(['normal', 'warn', 'critical']));
export const finishReason = heldTo<FinishReason>()(
  z.enum(['stop', 'length', 'tool_calls', 'content_filter']),
);
export const cacheOutcome = heldTo<CacheOutcome>()(z.enum(['hit', 'miss', 'bypass']));
export const span = heldTo<Span>()(z.enum(['hour', 'day', 'week']));

export const exitCode = heldTo<ExitCode>()(
  z
    .literal([0, 2, 3, 4, 5, 6, 130])
    .describe(
      '0 answered; 2 asked wrongly; 3 no proxy; 4 nobody could answer; 5 broke off; 6 would have been demoted; 130 the client went away.',
    ),
);

export const errorBody = heldTo<ErrorBody>()(
  z
    .object({
      error: z.object({
        message: z.string().describe('What went wrong and what to do next, for a person.'),
        type: z.string().describe('`invalid_request_error`, `authentication_error` or `server_error`.'),
        param: z.string().nullable().describe('The field or parameter that is to blame.'),
        code: z.string().nullable().describe('For programs.'),
      }),
    })
    .describe('An error in the shape of OpenAI’s. Every route answers errors with it, also in streams.'),
);

export const baseShapes = {
  Error: errorBody,
  Reason: reason,
  PressureLevel: pressureLevel,
  FinishReason: finishReason,
  ExitCode: exitCode,
};
