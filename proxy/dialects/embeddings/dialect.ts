import type { Dialect } from '../dialect.ts';
import { errorWriter } from '../writers.ts';
import { parseEmbeddings } from './parse.ts';

/** OpenAI's embeddings. */
export const embeddings: Dialect = { parse: parseEmbeddings, refusal: errorWriter };
