import type { Json, JsonObject, TokenLogprob } from '../../chat/types.ts';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** An item that is made of text, and what its events are called. Source: OpenAI's API reference, streaming of responses. */
export interface Form {
  prefix: 'msg' | 'rs';
  item(id: string, status: ItemStatus, parts: JsonObject[]): JsonObject;
  part(text: string, logprobs: TokenLogprob[]): JsonObject;
  /** Where the part stands in its item; there is only one. */
  place: JsonObject;
  partEvent: string;
  textEvent: string;
  /** Whether its text comes with the probability of each token. */
  hasLogprobs: boolean;
}

export const MESSAGE: Form = {
  prefix: 'msg',
  item: (id, status, content) => ({ id, type: 'message', status, role: 'assistant', content }),
  part: (text, logprobs) => ({ type: 'output_text', text, annotations: [], logprobs: toLogprobs(logprobs) }),
  place: { content_index: 0 },
  partEvent: 'response.content_part',
  textEvent: 'response.output_text',
  hasLogprobs: true,
};

/** Thoughts as they are. */
export const THOUGHTS: Form = {
  prefix: 'rs',
  item: (id, status, content) => ({ id, type: 'reasoning', status, summary: [], content }),
  part: (text) => ({ type: 'reasoning_text', text }),
  place: { content_index: 0 },
  partEvent: 'response.content_part',
  textEvent: 'response.reasoning_text',
  hasLogprobs: false,
};

/** Thoughts where a client reads summaries: nobody sums them up, they are all there. */
export const SUMMARY: Form = {
  prefix: 'rs',
  item: (id, status, summary) => ({ id, type: 'reasoning', status, summary }),
  part: (text) => ({ type: 'summary_text', text }),
  place: { summary_index: 0 },
  partEvent: 'response.reasoning_summary_part',
  textEvent: 'response.reasoning_summary_text',
  hasLogprobs: false,
};

export function toLogprobs(entries: readonly TokenLogprob[]): Json {
  return entries.map((entry) => ({ ...entry }));
}
