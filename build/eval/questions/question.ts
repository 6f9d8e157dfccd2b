/** What is right, and how an answer is compared with it. */
export type Right =
  | { is: 'number'; value: number }
  /** As YYYY-MM-DD. */
  | { is: 'date'; value: string }
  /** As HH:MM, of 24 hours. */
  | { is: 'time'; value: string }
  | { is: 'choice'; value: string; of: readonly string[] }
  /** Word for word, but for case and what stands around it. */
  | { is: 'text'; value: string }
  | { is: 'list'; value: readonly string[]; ordered: boolean };

/** A question with one right answer, as it is written down. */
export interface Question {
  /** 1: one or two steps; 2: several; 3: many, or a trap on the way. */
  level: 1 | 2 | 3;
  text: string;
  right: Right;
}

export const KINDS = ['arithmetic', 'logic', 'dates', 'extraction'] as const;
export type Kind = (typeof KINDS)[number];

/** A question with the name by which answers refer to it. */
export interface NamedQuestion extends Question {
  /** `logic-7` */
  id: string;
  kind: Kind;
}

/** What is sent: the question, and in which form the answer is wanted. */
export function promptOf({ text, right }: Question): string {
  return `${text}\n\nWork it out in writing, step by step. Then end with one line that begins with "Answer:" and gives ${formOf(right)}, nothing else.`;
}

function formOf(right: Right): string {
  switch (right.is) {
    case 'number':
      return 'the number in digits';
    case 'date':
      return 'the date as YYYY-MM-DD';
    case 'time':
      return 'the time as HH:MM on a 24-hour clock';
    case 'choice':
      return `one of: ${right.of.join(', ')}`;
    case 'text':
      return 'it exactly as it is written above';
    case 'list':
      return `the list, separated by commas${right.ordered ? '' : ', in any order'}`;
  }
}
