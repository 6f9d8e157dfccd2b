import { arithmetic } from './arithmetic.ts';
import { dates } from './dates.ts';
import { extraction } from './extraction.ts';
import { logic } from './logic.ts';
import { KINDS, type Kind, type NamedQuestion, type Question } from './question.ts';

const byKind: Record<Kind, readonly Question[]> = { arithmetic, logic, dates, extraction };

/** All questions, kind by kind. */
export const ALL: readonly NamedQuestion[] = KINDS.flatMap((kind) =>
  byKind[kind].map((question, i) => ({ ...question, kind, id: `${kind}-${i + 1}` })),
);
