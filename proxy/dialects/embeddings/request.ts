import * as z from 'zod';

/** As OpenAI has it. */
const MOST_TEXTS = 2048;
const EXPECTED = `expected a text or a list of 1 to ${MOST_TEXTS} texts, none of them empty`;

const text = z.string().min(1, EXPECTED);

/** OpenAI's embeddings request. Null means absent. Source: OpenAI's API reference, embeddings. */
export const embeddingsRequest = z.object({
  // It stands in every line of the log.
  model: z.string().min(1).max(200),
  input: z.union([text, z.array(text).min(1, EXPECTED).max(MOST_TEXTS, EXPECTED)], EXPECTED),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).nullish(),
  user: z.string().nullish(),
});
