import type { Response } from 'express';
import { addToAnswer, emptyAnswer } from '../chat/answer.ts';
import { EXIT } from '../contract.ts';
import { receiptHeaders } from '../http/receipt-headers.ts';
import type { AnswerWriter, ReceiptSoFar } from '../http/write.ts';
import { jsonLine } from '../json-line.ts';
import { LoadLine } from './load-line.ts';
import type { Notes } from './notes.ts';
import { degradedNote, endNote, memoryNote } from './stderr-text.ts';

/** `ask --json`: the receipt with the answer in it, as one line of JSON, also when there is no answer. */
export function receiptWriter(res: Response, receipt: ReceiptSoFar, notes: Notes): AnswerWriter {
  const answer = emptyAnswer();
  const loadLine = new LoadLine(notes);
  res.once('close', () => loadLine.stop());
  return {
    write(event) {
      // Nothing is shown before the end.
      if (event.type !== 'delta') loadLine.see(event);
      addToAnswer(answer, event);
      if (event.type === 'note') notes.line(event.text);
      if (event.type !== 'finish' && event.type !== 'error') return;
      const facts = receipt();
      for (const note of [degradedNote(facts), memoryNote(facts), endNote(facts)])
        if (note !== null) notes.line(note);
      if (event.type === 'error') {
        notes.line(`ask: ${event.error.message}`);
        res.status(event.error.status);
      }
      res.set(receiptHeaders(facts));
      res.set({ 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
      const text = event.type === 'finish' ? answer.text.trim() : null;
      const body = { ...facts, text, reasoning: answer.reasoning === '' ? null : answer.reasoning };
      notes.end(event.type === 'error' ? event.error.exit : EXIT.answered, jsonLine(body));
    },
  };
}
