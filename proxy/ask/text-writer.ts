import type { Response } from 'express';
import type { ChatEvent, CouncilStage } from '../chat/types.ts';
import { EXIT, type ExitCode } from '../contract.ts';
import { noSynthesis } from '../council/minutes.ts';
import { receiptHeaders } from '../http/receipt-headers.ts';
import { type AnswerWriter, type ReceiptSoFar, send } from '../http/write.ts';
import { opinionsText, whoWasWho } from './council-text.ts';
import { harmless } from './harmless.ts';
import { LoadLine } from './load-line.ts';
import type { Notes } from './notes.ts';
import { degradedNote, endNote, memoryNote } from './stderr-text.ts';
import { whyLines } from './why.ts';

interface TextOptions {
  /** stdout is a terminal. */
  terminal: boolean;
  why: boolean;
  thinkOut: boolean;
  /** Members' answers on stderr. */
  show: boolean;
}

/** The answer as `ask` prints it: the text alone on stdout, everything else on stderr. */
export function textWriter(
  res: Response,
  receipt: ReceiptSoFar,
  notes: Notes,
  options: TextOptions,
): AnswerWriter {
  const show = options.terminal ? harmless : (text: string) => text;
  const text = new AnswerText();
  const loadLine = new LoadLine(notes);
  res.once('close', () => loadLine.stop());
  let reasoning = '';

  const sayWhoAnswers = (): void => {
    if (res.headersSent) return;
    const degraded = degradedNote(receipt());
    if (degraded !== null) notes.line(degraded);
    const memory = memoryNote(receipt());
    if (memory !== null) notes.line(memory);
    res.set(receiptHeaders(receipt()));
    res.set({ 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
    notes.intoHeaders(EXIT.answered);
  };
  /** What stands above the answer on stdout itself, since in a pipe stderr is printed after it, or thrown away. */
  const mark = (): string => {
    const { council, served_by } = receipt();
    if (council?.synthesis !== false || (options.terminal && notes.watched)) return '';
    return `${noSynthesis(served_by ?? 'nobody')}\n\n`;
  };
  /** With `--show`: what the members said, once, as soon as all have. */
  const showOpinions = ({ council }: CouncilStage): void => {
    if (council?.synthesis && options.show) notes.raw(opinionsText(council));
  };
  const end = (exit: ExitCode, last: string): void => {
    if (reasoning !== '' && !notes.live)
      for (const line of reasoning.trimEnd().split('\n')) notes.afterwards(line);
    const late = endNote(receipt());
    if (late !== null) notes.afterwards(late);
    const { council } = receipt();
    if (options.show && council) for (const line of whoWasWho(council)) notes.afterwards(line);
    if (options.why) for (const line of whyLines(receipt(), Date.now() / 1000)) notes.afterwards(line);
    notes.end(exit, last);
  };
  const think = (piece: string): void => {
    reasoning += piece;
    notes.raw(harmless(piece));
  };

  return {
    async write(event: ChatEvent) {
      if (event.type === 'council') showOpinions(event);
      // Reasoning that nobody sees leaves the line where it is.
      if (event.type !== 'delta' || event.text || options.thinkOut) loadLine.see(event);
      if (event.type === 'note') notes.line(event.text);
      if (event.type === 'delta') {
        if (event.reasoning && options.thinkOut) think(event.reasoning);
        const piece = text.add(show(event.text ?? ''));
        if (piece === '') return;
        if (text.isFirst() && reasoning !== '' && !reasoning.endsWith('\n')) notes.raw('\n');
        sayWhoAnswers();
        await send(res, text.isFirst() ? mark() + piece : piece);
      } else if (event.type === 'finish') {
        sayWhoAnswers();
        end(EXIT.answered, '\n');
      } else if (event.type === 'error') {
        notes.line(`ask: ${event.error.message}`);
        if (!res.headersSent) res.status(event.error.status).set(receiptHeaders(receipt()));
        end(event.error.exit, text.begun ? '\n' : '');
      }
    },
  };
}

/** An answer's text without blank lines around it, however it is cut into pieces. */
class AnswerText {
  #pieces = 0;
  #held = '';

  get begun(): boolean {
    return this.#pieces > 0;
  }

  /** Whether only one piece has been let through so far. */
  isFirst(): boolean {
    return this.#pieces === 1;
  }

  /** What can be shown now: space at the end waits until something follows it. */
  add(piece: string): string {
    const all = this.#held + piece;
    const kept = all.trimEnd();
    if (kept === '') {
      this.#held = all;
      return '';
    }
    this.#held = all.slice(kept.length);
    this.#pieces += 1;
    return this.#pieces === 1 ? kept.replace(/^\s*\n/, '') : kept;
  }
}
