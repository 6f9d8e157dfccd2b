import type { Dialect } from '../dialect.ts';
import { parseAnthropic } from './parse.ts';
import { messageWriter } from './writers.ts';

/** Anthropic's messages. */
export const anthropic: Dialect = {
  parse: parseAnthropic,
  refusal: (res, receipt) => messageWriter(res, receipt, false),
};
