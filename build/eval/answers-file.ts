import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { type Arm, WrongWish } from './arms.ts';
import { judge } from './check/judge.ts';
import type { Reply } from './client.ts';
import { type NamedQuestion, promptOf } from './questions/question.ts';

/** A line of the file: what came of one question to one model. */
const line = z.strictObject({
  question: z.string(),
  model: z.string(),
  made_of: z.string(),
  /** Of what was sent: a question that was changed is another one. */
  prompt_hash: z.string(),
  /** As it was judged then, for whoever reads the file; it is judged anew when it is counted. */
  verdict: z.enum(['right', 'wrong', 'no line']).nullable(),
  text: z.string().nullable(),
  failed: z.string().nullable(),
  degraded: z.string().nullable(),
  seconds: z.number(),
  tokens: z.number().nullable(),
  finish: z.string().nullable(),
  council: z.string().nullable(),
});
type Line = z.output<typeof line>;

/** With this each line begins: a last one that was torn when the machine stopped is known by it. */
const BEGINNING = '{"question":';

/**
 * The answers so far, in a file of JSON lines that grows with each: nothing that was answered is lost. Of two lines for the
 * same question and model the later counts.
 */
export class AnswersFile {
  readonly path: string;
  readonly #lines = new Map<string, Line>();

  /** Reads what is there. Throws `WrongWish` when the file is something else. */
  constructor(path: string) {
    this.path = path;
    if (!existsSync(path)) return;
    const bytes = readFileSync(path);
    const whole = bytes.lastIndexOf('\n') + 1;
    const torn = bytes.subarray(whole).toString();
    if (torn !== '' && !torn.startsWith(BEGINNING) && !BEGINNING.startsWith(torn)) throw this.#stranger(null);
    const lines = bytes.subarray(0, whole).toString().split('\n').slice(0, -1);
    for (const [i, text] of lines.entries()) this.#keep(this.#parse(text, i + 1));
    if (torn !== '') truncateSync(path, whole);
  }

  /** What came of a question to a model; null when it was not asked. Throws `WrongWish` when it was another question or model. */
  find(question: NamedQuestion, arm: Arm): Reply | null {
    const found = this.#lines.get(key(question.id, arm.model));
    if (!found) return null;
    if (found.made_of !== arm.madeOf)
      throw this.#other(`${arm.model} when it was ${found.made_of}; now it is ${arm.madeOf}`);
    if (found.prompt_hash !== hashOf(question)) throw this.#other(`${question.id} as it was worded before`);
    return found;
  }

  add(question: NamedQuestion, arm: Arm, reply: Reply): void {
    const { id, right } = question;
    const added: Line = {
      question: id,
      model: arm.model,
      made_of: arm.madeOf,
      prompt_hash: hashOf(question),
      verdict: reply.text === null ? null : judge(right, reply.text),
      ...reply,
    };
    mkdirSync(dirname(this.path), { recursive: true });
    appendFileSync(this.path, `${JSON.stringify(added)}\n`);
    this.#keep(added);
  }

  #keep(one: Line): void {
    this.#lines.set(key(one.question, one.model), one);
  }

  #parse(text: string, number: number): Line {
    try {
      return line.parse(JSON.parse(text));
    } catch {
      throw this.#stranger(number);
    }
  }

  #stranger(number: number | null): WrongWish {
    const where = number === null ? '' : ` (line ${number})`;
    return new WrongWish(
      `${this.path} holds something else than answers${where}; name another file with --json.`,
    );
  }

  #other(what: string): WrongWish {
    return new WrongWish(
      `${this.path} has answers of ${what}. They do not go together; name another file with --json.`,
    );
  }
}

const key = (question: string, model: string): string => `${question} ${model}`;

function hashOf(question: NamedQuestion): string {
  return createHash('sha256').update(promptOf(question)).digest('hex').slice(0, 16);
}
