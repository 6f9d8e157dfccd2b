import { expect, it } from 'vitest';
import type { Arm } from '../../../build/eval/arms.ts';
import type { Reply } from '../../../build/eval/client.ts';
import { Progress } from '../../../build/eval/progress.ts';
import { ALL } from '../../../build/eval/questions/all.ts';

const single: Arm = { role: 'single', model: 'fast-9b', madeOf: 'qwen-9b on ollama' };
const council: Arm = { role: 'council', model: 'council', madeOf: 'fast-9b + fast-9b' };
const questions = ALL.slice(0, 3);
const steps = questions.flatMap((question) => [single, council].map((arm) => ({ question, arm })));

/** Asks so many of the steps, each of which takes 2 s of the single model and 30 s of the council. */
function go(isTTY: boolean, count: number): string[] {
  const said: string[] = [];
  const progress = new Progress({ isTTY, write: (text) => said.push(text) }, questions, steps);
  for (const { question, arm } of steps.slice(0, count)) {
    progress.asking(question, arm);
    progress.heard(question, arm, reply(arm === single ? 2 : 30));
  }
  const next = steps[count];
  if (next) progress.asking(next.question, next.arm);
  progress.end();
  return said;
}
const reply = (seconds: number): Reply => ({
  text: 'Answer: 37',
  failed: null,
  degraded: null,
  seconds,
  tokens: 1,
  finish: 'stop',
  council: null,
});

it('is one line on a terminal, which knows how long it takes once all have answered', () => {
  const said = go(true, 2);
  expect(said).toEqual([
    '\rquestion 1/3  fast-9b  0 s  \x1b[K',
    '\rquestion 1/3  council  0 s  \x1b[K',
    '\rquestion 2/3  fast-9b  0 s  about 64 s left\x1b[K',
    '\r\x1b[K',
  ]);
});

it('is a line for each answer elsewhere', () => {
  expect(go(false, 3)).toEqual([
    '1/3  arithmetic-1  fast-9b: right, 2.0 s\n',
    '1/3  arithmetic-1  council: right, 30.0 s\n',
    '2/3  arithmetic-2  fast-9b: wrong, 2.0 s\n',
  ]);
});
