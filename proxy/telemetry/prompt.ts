import { hash } from 'node:crypto';
import type { Message, Task } from '../chat/types.ts';

/** What the log keeps of a prompt: nothing that could be read, enough to see what repeats. */
export interface PromptFacts {
  /** First 8 hex digits of a sha256. */
  hash: string;
  /** Code points of all messages, or of a task's texts, together. */
  chars: number;
}

/** The hash is that of a lone text; of several messages, of their roles and texts as JSON; of a task's texts, likewise. */
export function promptFacts(messages: readonly Message[], task?: Task): PromptFacts {
  const texts = task ? textsOf(task) : messages.map(({ text }) => text);
  const [only] = texts;
  const whole =
    texts.length === 1 && only !== undefined
      ? only
      : JSON.stringify(task ? texts : messages.map(({ role, text }) => [role, text]));
  return {
    hash: hash('sha256', whole).slice(0, 8),
    chars: texts.reduce((sum, text) => sum + codePoints(text), 0),
  };
}

function textsOf(task: Task): string[] {
  if (task.kind === 'embed') return task.input;
  return task.suffix === undefined ? [task.prompt] : [task.prompt, task.suffix];
}

/** The number of code points: UTF-16 units less the second halves of pairs. Quick for megabytes. */
export function codePoints(text: string): number {
  let pairs = 0;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) pairs += 1;
  return text.length - pairs;
}
