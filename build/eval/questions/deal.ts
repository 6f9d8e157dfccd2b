import { createHash } from 'node:crypto';
import { KINDS, type NamedQuestion } from './question.ts';

const LEVELS = [1, 2, 3] as const;

/**
 * All questions in an order by chance, the same for the same seed, in which kinds and levels take turns: however many of
 * them are asked from the first on, none has many more than another.
 */
export function deal(questions: readonly NamedQuestion[], seed: number): NamedQuestion[] {
  const byChance = questions
    .map((question) => ({ question, at: hash(`${seed} ${question.id}`) }))
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .map(({ question }) => question);
  const piles = Map.groupBy(byChance, ({ kind, level }) => `${kind} ${level}`);
  const dealt: NamedQuestion[] = [];
  for (let turn = 0; dealt.length < questions.length; turn++)
    for (const [i, kind] of KINDS.entries()) {
      const levels = LEVELS.map((_, k) => LEVELS[(turn + i + k) % LEVELS.length]);
      const pile = levels.map((level) => piles.get(`${kind} ${level}`)).find((one) => one && one.length > 0);
      dealt.push(...(pile?.splice(0, 1) ?? []));
    }
  return dealt;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
