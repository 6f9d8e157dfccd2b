import type { Dialect } from '../dialect.ts';
import { errorWriter } from '../writers.ts';
import { parseCompletions } from './parse.ts';

/** OpenAI's completions of a plain text, which editors complete code by. */
export const completions: Dialect = { parse: parseCompletions, refusal: errorWriter };
