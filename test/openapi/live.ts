import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from '../../proxy/openapi/group.ts';
import type { TestToaster } from '../helpers/toaster.ts';
import type { Answered, Conformance } from './conforms.ts';

export const ASK = { 'x-ask': '1' };
export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const JSON_BODY = { 'content-type': 'application/json' };

export interface Question {
  /** What stands for the names in the path's braces; `query` is appended. */
  names?: Record<string, string>;
  query?: string;
  headers?: Record<string, string>;
  /** A text is sent as it is, anything else as JSON. */
  body?: unknown;
  /** With the token. */
  admin?: true;
  /** Leaves as soon as this is in the answer. */
  until?: RegExp;
}

/** Asks a running Toaster by paths as they stand in the document, and holds each answer to it. */
export class Live {
  readonly #toaster: TestToaster;
  readonly #conformance: Conformance;
  /** Of the address to ask; by default its first. */
  url: string;

  constructor(toaster: TestToaster, conformance: Conformance) {
    this.#toaster = toaster;
    this.#conformance = conformance;
    this.url = toaster.url;
  }

  get token(): string {
    return readFileSync(join(this.#toaster.folder, 'admin.token'), 'utf8').trim();
  }

  /** The answer, which is one that the document describes. */
  async ask(method: Operation['method'], path: string, question: Question = {}): Promise<Answered> {
    const { names = {}, query = '', headers = {}, body, admin, until } = question;
    const gone = new AbortController();
    const response = await fetch(
      this.url + path.replace(/\{(\w+)\}/g, (_, name) => names[name] ?? '') + query,
      {
        method: method.toUpperCase(),
        redirect: 'manual',
        signal: gone.signal,
        headers: {
          ...(body !== undefined && JSON_BODY),
          ...(admin && { authorization: `Bearer ${this.token}` }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
    );
    const text = until ? await readUntil(response, until) : await response.text();
    gone.abort();
    const answered = { status: response.status, headers: response.headers, text };
    this.#conformance.check(method, path, answered);
    return answered;
  }
}

async function readUntil(response: Response, enough: RegExp): Promise<string> {
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (enough.test(text)) break;
  }
  return text;
}
