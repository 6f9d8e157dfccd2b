import type { Response } from 'express';
import type { Exchange, Service } from '../service.ts';
import type { Notes } from './notes.ts';
import type { AskWords } from './parse-args.ts';

/** One `ask` that is more than a question or a short text: all that it may need. */
export interface AskCall {
  service: Service;
  exchange: Exchange;
  words: AskWords;
  /** What the shim sent. */
  form: URLSearchParams;
  res: Response;
  notes: Notes;
}
