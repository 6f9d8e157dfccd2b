import { hash } from 'node:crypto';
import type { Message } from '../chat/types.ts';

/** What the log keeps of a prompt: nothing that could be read, enough to see what repeats. */
export interface PromptFacts {
  /** First 8 hex digits of a sha256. */
  hash: string;
  /** Code points of all messages together. */
  chars: number;
}

/** The hash is that of a lone message's text; of several, of their roles and texts as JSON. */
export function promptFacts(messages: readonly Message[]): PromptFacts {
  const [only] = messages;
  const text =
    messages.length === 1 && only
      ? only.text
      : JSON.stringify(messages.map((message) => [message.role, message.text]));
  return {
    hash: hash('sha256', text).slice(0, 8),
    chars: messages.reduce((sum, message) => sum + codePoints(message.text), 0),
  };
}

/** The number of code points: UTF-16 units less the second halves of pairs. Quick for megabytes. */
export function codePoints(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) pairs += 1;
  return text.length - pairs;
}
