import { type AskWords, UsageError } from './parse-args.ts';
import type { AskInput } from './to-request.ts';

/** More terminals than this are not remembered, nor prompts that are longer: they would be kept for as long as Toaster runs. */
const MOST_TERMINALS = 32;
const LONGEST_CHARS = 1_000_000;
/** Flags that belong to a question rather than to how it is asked. */
const OF_THE_QUESTION = ['system', 'schema'];

interface Asked {
  words: AskWords;
  input: AskInput;
}

/** The last question of each terminal, for `ask --again`. In memory alone: prompts are written nowhere. */
export class LastQuestions {
  readonly #asked = new Map<string, Asked>();

  /** `terminal`: what tells one from another; null for a caller that does not say. */
  remember(terminal: string | null, words: AskWords, input: AskInput): void {
    if (terminal === null) return;
    // The newest stands last, and the oldest goes first.
    this.#asked.delete(terminal);
    if (words.prompt.length + input.stdin.length > LONGEST_CHARS) return;
    this.#asked.set(terminal, { words, input });
    const [oldest] = this.#asked.keys();
    if (this.#asked.size > MOST_TERMINALS && oldest !== undefined) this.#asked.delete(oldest);
  }

  /** The terminal's last question, with the tier and flags of now. Throws `UsageError` where there is none. */
  recall(terminal: string | null, words: AskWords, input: AskInput): Asked {
    if (words.prompt.trim() !== '' || input.stdin.trim() !== '')
      throw new UsageError('--again asks the last question once more; leave the words out.');
    const before = terminal === null ? undefined : this.#asked.get(terminal);
    if (!before)
      throw new UsageError('There is no last question of this terminal to ask again; write it out once.');
    const schema = words.flags.has('schema') ? input.schema : before.input.schema;
    const kept = [...before.words.flags].filter(([name]) => OF_THE_QUESTION.includes(name));
    return {
      words: { ...words, prompt: before.words.prompt, flags: new Map([...kept, ...words.flags]) },
      input: { stdin: before.input.stdin, schema },
    };
  }

  /** `history: off` in the config: what is known goes, too. */
  forget(): void {
    this.#asked.clear();
  }
}
