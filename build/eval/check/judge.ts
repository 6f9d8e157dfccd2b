import type { Right } from '../questions/question.ts';
import { answerLine } from './answer-line.ts';
import { fold, readChoice, readDate, readList, readNumber, readTime, withoutRemarks } from './read.ts';

/** `no line`: there is no line that begins with "Answer:", which counts as wrong. */
export type Verdict = 'right' | 'wrong' | 'no line';

/** Compares an answer, as the model wrote it, with what is right. */
export function judge(right: Right, text: string): Verdict {
  const line = answerLine(text);
  if (line === null || line === '') return 'no line';
  return agrees(right, line) ? 'right' : 'wrong';
}

function agrees(right: Right, line: string): boolean {
  switch (right.is) {
    case 'number':
      return Math.abs((readNumber(line) ?? Number.NaN) - right.value) < 1e-9;
    case 'date':
      return readDate(line) === right.value;
    case 'time':
      return readTime(line) === right.value;
    case 'choice':
      return readChoice(line, right.of) === right.value;
    case 'text':
      return fold(withoutRemarks(line)) === fold(right.value);
    case 'list':
      return sameItems(readList(withoutRemarks(line)), right.value.map(fold), right.ordered);
  }
}

function sameItems(given: string[], wanted: string[], ordered: boolean): boolean {
  const [mine, theirs] = ordered ? [given, wanted] : [[...new Set(given)].sort(), [...wanted].sort()];
  return mine.length === theirs.length && mine.every((item, i) => item === theirs[i]);
}
