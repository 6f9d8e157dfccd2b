import type { FinishReason } from '../contract.ts';
import type { ChatEvent, TokenLogprob, ToolCall, Usage } from './types.ts';

/** A whole answer, put together from its events. */
export interface Answer {
  text: string;
  reasoning: string;
  toolCalls: ToolCall[];
  logprobs: TokenLogprob[];
  finish: FinishReason | null;
  usage: Usage;
}

export function emptyAnswer(): Answer {
  return {
    text: '',
    reasoning: '',
    toolCalls: [],
    logprobs: [],
    finish: null,
    usage: { promptTokens: null, completionTokens: null },
  };
}

/** Adds one event. The start of an attempt voids what an earlier one said. */
export function addToAnswer(answer: Answer, event: ChatEvent): void {
  if (event.type === 'attempt' && event.state === 'started') Object.assign(answer, emptyAnswer());
  else if (event.type === 'delta') {
    answer.text += event.text ?? '';
    answer.reasoning += event.reasoning ?? '';
    if (event.toolCalls) answer.toolCalls.push(...event.toolCalls);
    if (event.logprobs) answer.logprobs.push(...event.logprobs);
  } else if (event.type === 'finish') {
    answer.finish = event.reason;
    answer.usage = event.usage;
  }
}
