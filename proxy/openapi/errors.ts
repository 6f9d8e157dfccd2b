import * as z from 'zod';
import { type Answer, JSON_TYPE, type Operation, TEXT_TYPE } from './group.ts';
import { errorBody } from './shapes/base.ts';

const ALWAYS = {
  400: 'The request makes no sense; the message names the field.',
  403: 'It came from a web page of another origin, or under another Host name (`forbidden_origin`, `forbidden_host`).',
};
const NO_KEY = 'This address demands the API key (`invalid_key`).';
const NO_TOKEN = 'The token is missing or wrong (`invalid_token`).';
const NO_ASK = 'The header `X-Ask: 1` is missing (`ask_header_missing`).';
const OF_BODIES = {
  408: 'The body stopped coming (`slow_body`).',
  413: 'The body is larger than 32 MB (`too_large`).',
};
const NOT_PLAIN = 'It is compressed (`unsupported_encoding`).';
const NOT_JSON =
  'It is not sent as JSON (`unsupported_media_type`), or is compressed (`unsupported_encoding`).';

const retryAfter = z.object({
  'Retry-After': z.string().regex(/^\d+$/).exactOptional().describe('Seconds.'),
});

/** The command line's own; with `--json` it is a receipt without an answer. */
const askErrorContent = {
  [TEXT_TYPE]: { schema: z.string() },
  [JSON_TYPE]: { schema: z.unknown() },
};

/** All statuses with which it answers an error, and when. */
function errorsOf({ needs, open, body, errors = {} }: Operation): Record<string, string> {
  const guarded = errors[401] ?? (needs === 'token' ? NO_TOKEN : NO_KEY);
  return {
    ...ALWAYS,
    ...(!open && { 401: guarded }),
    ...(needs === 'ask header' && { 403: `${ALWAYS[403]} ${NO_ASK}` }),
    ...(body && { ...OF_BODIES, 415: body.type === 'application/json' ? NOT_JSON : NOT_PLAIN }),
    500: 'Toaster itself went wrong (`internal_error`).',
    503: 'Toaster is stopping (`stopping`).',
    ...errors,
  };
}

/** An error: in OpenAI's shape, but for the command line, which reads it from headers. */
const errorOf = (
  { needs, errorHeaders = z.object({}), errorBody: own = errorBody }: Operation,
  description: string,
): Answer => ({
  description,
  headers: errorHeaders.extend(retryAfter.shape),
  content: {
    [JSON_TYPE]: { schema: own },
    ...(needs === 'ask header' && askErrorContent),
  },
});

/** One status may be an answer of its own and an error besides. */
function withErrors(answers: Operation['answers'], errors: Record<string, Answer>): Record<string, Answer> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const error = errors[status];
      if (!error) return [status, answer];
      const content = { ...error.content, ...answer.content };
      return [
        status,
        { ...error, ...answer, content, description: `${answer.description} ${error.description}` },
      ];
    }),
  );
}

/** Everything that an operation may answer: what it has of its own, and its errors. */
export function allAnswers(operation: Operation): Record<string, Answer> {
  const errors: Record<string, Answer> = Object.fromEntries(
    Object.entries(errorsOf(operation)).map(([status, when]) => [status, errorOf(operation, when)]),
  );
  return { ...errors, ...withErrors(operation.answers, errors) };
}
