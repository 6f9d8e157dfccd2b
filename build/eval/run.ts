import type { AnswersFile } from './answers-file.ts';
import type { Arm } from './arms.ts';
import type { Reply, Toaster } from './client.ts';
import { type NamedQuestion, promptOf } from './questions/question.ts';

/** Who is told how it goes. */
export interface Watcher {
  asking(question: NamedQuestion, arm: Arm): void;
  heard(question: NamedQuestion, arm: Arm, reply: Reply): void;
}

/** What is asked of whom. */
export interface Plan {
  questions: readonly NamedQuestion[];
  arms: readonly Arm[];
}

/** A question to one model. */
export interface Step {
  question: NamedQuestion;
  arm: Arm;
}

/**
 * What is still to be asked, question by question, so that at any time all models have had the same ones. They take turns
 * in being the first: a runtime reads a prompt faster when it has just read it for another.
 */
export function stepsLeft({ questions, arms }: Plan, file: AnswersFile): Step[] {
  return questions.flatMap((question, i) => {
    const first = i % arms.length;
    return [...arms.slice(first), ...arms.slice(0, first)].flatMap((arm) =>
      isGood(file.find(question, arm)) ? [] : [{ question, arm }],
    );
  });
}

/**
 * Asks what is left, and keeps each answer as it comes. Before that each model is asked for a word that does not count, so
 * that none is charged with loading what the others find loaded. Throws `Unreachable`, and what an abort throws.
 */
export async function run(
  steps: readonly Step[],
  toaster: Toaster,
  file: AnswersFile,
  watcher: Watcher,
  signal: AbortSignal,
): Promise<void> {
  for (const model of new Set(steps.map(({ arm }) => arm.model)))
    await toaster.ask(model, 'Say one word: ready', signal);
  for (const { question, arm } of steps) {
    watcher.asking(question, arm);
    const reply = await toaster.ask(arm.model, promptOf(question), signal);
    file.add(question, arm, reply);
    watcher.heard(question, arm, reply);
  }
}

/** An answer of the very model that was asked. */
export function isGood(reply: Reply | null): reply is Reply & { text: string } {
  return reply !== null && reply.text !== null && reply.degraded === null;
}
