import type { Dialect } from '../dialect.ts';
import { errorWriter } from '../writers.ts';
import { parseResponses } from './parse.ts';

/** OpenAI's responses. */
export const responses: Dialect = { parse: parseResponses, refusal: errorWriter };
