import type { Message } from '../chat/types.ts';

/** By these the chairman and whoever reads along know the answers. */
export const LETTERS = 'ABCDEFGH';

/**
 * What the chairman reads: the conversation, and the members' answers as Response A, Response B and so on,
 * without their names.
 */
export function chairmanMessages(messages: Message[], answers: string[]): Message[] {
  const responses = answers.map((answer, i) => `Response ${LETTERS[i]}:\n${answer.trim()}`).join('\n\n');
  const task =
    answers.length > 1
      ? 'Several assistants answered the last message independently. Check their answers against each other: keep what is right, correct what is wrong, settle what they disagree about.'
      : 'Another assistant answered the last message. Check the answer: keep what is right, correct what is wrong.';
  const text = `${task} Then write the one final answer to that message, in its language, in your own words and without mentioning the responses.\n\n${responses}`;
  return [...messages, { role: 'user', text }];
}
