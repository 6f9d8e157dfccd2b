import type { Dialect } from '../dialect.ts';
import { parseOpenai } from './parse.ts';
import { jsonWriter } from './writers.ts';

/** OpenAI's chat completions. */
export const openai: Dialect = { parse: parseOpenai, refusal: jsonWriter };
