import type { AnswersFile } from './answers-file.ts';
import type { Arm } from './arms.ts';
import { judge, type Verdict } from './check/judge.ts';
import type { Reply } from './client.ts';
import type { NamedQuestion } from './questions/question.ts';
import { isGood, type Plan } from './run.ts';
import type { Pairs } from './statistics.ts';

/** What came of one question in one arm. */
export interface Result {
  question: NamedQuestion;
  reply: Reply;
  /** Null when it failed or was degraded, and so is not counted. */
  verdict: Verdict | null;
}

/** Everything that came of an arm. */
export interface ArmResults {
  arm: Arm;
  results: Result[];
}

/** Judges the answers so far. */
export function collect({ questions, arms }: Plan, file: AnswersFile): ArmResults[] {
  return arms.map((arm) => ({
    arm,
    results: questions.flatMap((question) => {
      const reply = file.find(question, arm);
      if (!reply) return [];
      return [{ question, reply, verdict: isGood(reply) ? judge(question.right, reply.text) : null }];
    }),
  }));
}

/** Two arms on the questions that both have answered, and what the answers took together. */
export interface Comparison extends Pairs {
  /** Questions that one of the two has failed at, or for which somebody else stood in. */
  leftOut: number;
  firstSeconds: number;
  secondSeconds: number;
  /** Only the questions to which both gave an answer line: what is left of the difference when form is no part of it. */
  inForm: Pairs;
}

const noPairs = (): Pairs => ({ both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 });

export function compare(first: ArmResults, second: ArmResults): Comparison {
  const others = new Map(second.results.map((result) => [result.question.id, result]));
  const sum: Comparison = {
    ...noPairs(),
    leftOut: 0,
    firstSeconds: 0,
    secondSeconds: 0,
    inForm: noPairs(),
  };
  for (const { question, verdict, reply } of first.results) {
    const other = others.get(question.id);
    // Interrupted between the two.
    if (!other) continue;
    if (verdict === null || other.verdict === null) {
      sum.leftOut += 1;
      continue;
    }
    const fell = cell(verdict === 'right', other.verdict === 'right');
    sum[fell] += 1;
    if (verdict !== 'no line' && other.verdict !== 'no line') sum.inForm[fell] += 1;
    sum.firstSeconds += reply.seconds;
    sum.secondSeconds += other.reply.seconds;
  }
  return sum;
}

function cell(first: boolean, second: boolean): keyof Pairs {
  if (first) return second ? 'both' : 'onlyFirst';
  return second ? 'onlySecond' : 'neither';
}
