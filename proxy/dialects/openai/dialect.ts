import type { Dialect } from '../dialect.ts';
import { errorWriter } from '../writers.ts';
import { parseOpenai } from './parse.ts';

/** OpenAI's chat completions. */
export const openai: Dialect = { parse: parseOpenai, refusal: errorWriter };
