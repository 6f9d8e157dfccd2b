import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../errors.ts';

/** What outlives a restart: which models are pinned, and what weights were found to take (bytes). */
const state = z.object({
  pinned: z.array(z.string()).default([]),
  footprints: z.record(z.string(), z.number().positive()).default({}),
});
export type State = z.output<typeof state>;

/** `state.json`. One that cannot be read or written costs a warning and nothing else. */
export class StateFile {
  readonly #file: string;
  readonly #warn: (message: string) => void;

  constructor(file: string, warn: (message: string) => void) {
    this.#file = file;
    this.#warn = warn;
  }

  read(): State {
    try {
      return state.parse(JSON.parse(readFileSync(this.#file, 'utf8')));
    } catch (error) {
      const isNew = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isNew) this.#warn(`${this.#file} cannot be read (${messageOf(error)}); pins are forgotten`);
      return state.parse({});
    }
  }

  /** Whole or not at all: under another name first. */
  write(value: State): void {
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(`${this.#file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      this.#warn(
        `${this.#file} cannot be written (${messageOf(error)}); pins last until the end of this run`,
      );
    }
  }
}
