import type { Arm } from './arms.ts';
import { judge } from './check/judge.ts';
import type { Reply } from './client.ts';
import type { NamedQuestion } from './questions/question.ts';
import type { Step, Watcher } from './run.ts';

/** Where it is told: stderr. */
export interface Out {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells how far it is: on a terminal in one line that changes, elsewhere in a line for each answer. */
export class Progress implements Watcher {
  readonly #out: Out;
  readonly #steps: readonly Step[];
  readonly #all: readonly NamedQuestion[];
  readonly #seconds = new Map<string, number[]>();
  #done = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `all`: the questions of the whole run; `steps`: what of it is to be asked now. */
  constructor(out: Out, all: readonly NamedQuestion[], steps: readonly Step[]) {
    this.#out = out;
    this.#all = all;
    this.#steps = steps;
  }

  asking(question: NamedQuestion, { model }: Arm): void {
    if (!this.#out.isTTY) return;
    const began = performance.now();
    const show = (): void => {
      const seconds = (performance.now() - began) / 1000;
      const line = `question ${this.#place(question)}  ${model}  ${Math.round(seconds)} s  ${this.#left(seconds)}`;
      this.#out.write(`\r${line}\x1b[K`);
    };
    show();
    this.#timer = setInterval(show, 1000);
  }

  heard(question: NamedQuestion, { model }: Arm, reply: Reply): void {
    clearInterval(this.#timer);
    this.#done += 1;
    this.#seconds.set(model, [...(this.#seconds.get(model) ?? []), reply.seconds]);
    if (this.#out.isTTY) return;
    const place = `${this.#place(question)}  ${question.id}`;
    this.#out.write(`${place}  ${model}: ${outcome(question, reply)}, ${reply.seconds.toFixed(1)} s\n`);
  }

  /** The line that changes goes away. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#out.isTTY) this.#out.write('\r\x1b[K');
  }

  #place(question: NamedQuestion): string {
    return `${this.#all.indexOf(question) + 1}/${this.#all.length}`;
  }

  /** By what each model took on average so far; nothing until all have answered. */
  #left(secondsNow: number): string {
    const left = this.#steps.slice(this.#done).reduce((sum, { arm }) => {
      const all = this.#seconds.get(arm.model) ?? [];
      return sum + all.reduce((total, one) => total + one, 0) / all.length;
    }, -secondsNow);
    if (Number.isNaN(left)) return '';
    return left < 90
      ? `about ${Math.max(1, Math.round(left))} s left`
      : `about ${Math.round(left / 60)} min left`;
  }
}

function outcome({ right }: NamedQuestion, { text, failed, degraded }: Reply): string {
  if (text === null) return `failed (${failed})`;
  return degraded === null ? judge(right, text) : `degraded (${degraded})`;
}
