import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';
import { messageOf } from '../errors.ts';
import { moveAside } from '../move-aside.ts';

const state = z.looseObject({
  pinned: z.array(z.string()).default([]),
  footprints: z.record(z.string(), z.number().positive()).default({}),
});
/** What outlives a restart: which models are pinned, and what weights were found to take (bytes). */
export type State = Pick<z.output<typeof state>, 'pinned' | 'footprints'>;

/**
 * `state.json`. One that cannot be read is kept aside and costs a warning; keys that another version has written in it
 * are kept.
 */
export class StateFile {
  readonly #file: string;
  readonly #warn: (message: string) => void;
  /** All that was read, also what this version does not know. */
  #read: object = {};
  /** The last write has failed, and that was told. */
  #warned = false;

  constructor(file: string, warn: (message: string) => void) {
    this.#file = file;
    this.#warn = warn;
  }

  read(): State {
    try {
      const read = state.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
      this.#read = read;
      return read;
    } catch (error) {
      const isNew = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isNew) this.#warn(`${this.#file} cannot be read, so no model is pinned (${this.#keep(error)})`);
      return state.parse({});
    }
  }

  /** Whole or not at all: under another name first. */
  write(value: State): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      const text = `${JSON.stringify({ ...this.#read, ...value }, null, 2)}\n`;
      writeFileSync(`${this.#file}.new`, text, { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
      this.#warned = false;
    } catch (error) {
      const why = `${this.#file} cannot be written (${messageOf(error)})`;
      if (!this.#warned) this.#warn(`${why}; pins last until the end of this run`);
      this.#warned = true;
    }
  }

  /** Puts the file where the next write does not replace it; says why and where. */
  #keep(why: unknown): string {
    const reason = why instanceof z.ZodError ? z.prettifyError(why).replaceAll('\n', ' ') : messageOf(why);
    try {
      return `${reason}; it is kept as ${moveAside(this.#file, Date.now() / 1000)}`;
    } catch (error) {
      return `${reason}; it could not be kept aside either: ${messageOf(error)}`;
    }
  }
}
