import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { OpenaiConfig } from '../../config/schema.ts';
import { LinkFailure, messageOf } from '../../errors.ts';
import { type Call, Connections } from '../connections.ts';
import type { Secrets } from './secrets.ts';

interface ServerCall extends Call {
  /** The path is from the server's root on, and not from the base of its API. */
  fromRoot?: boolean;
}

/** Longest body of a small answer or an error. */
const MOST_BYTES = 8_000_000;

/** Kept connections to one server, its secrets in each request. No redirect is followed: the key would go along. */
export class OpenaiHttp {
  readonly origin: string;
  /** How a person would name the server. */
  readonly host: string;
  readonly #url: URL;
  readonly #base: string;
  readonly #secrets: Secrets;
  readonly #ca: string | undefined;
  #connections: Connections | null = null;

  constructor({ url, ca }: Pick<OpenaiConfig, 'url' | 'ca'>, secrets: Secrets) {
    this.#url = new URL(url);
    this.origin = this.#url.origin;
    this.host = this.#url.host;
    this.#base = this.#url.pathname.replace(/\/$/, '');
    this.#secrets = secrets;
    this.#ca = ca;
  }

  /** The response once its headers are there. Throws `LinkFailure`: `connection`, or `unauthorized` without a secret. */
  async send({ fromRoot, path, headers, ...call }: ServerCall): Promise<IncomingMessage> {
    const all = { ...(await this.#secrets.headers()), ...headers };
    return this.#open().send({ ...call, path: (fromRoot ? '' : this.#base) + path, headers: all });
  }

  /** A small answer, its whole time limited to `seconds`. Throws `LinkFailure`. */
  async get(path: string, seconds: number, fromRoot = false): Promise<{ status: number; text: string }> {
    const signal = AbortSignal.timeout(seconds * 1000);
    try {
      const response = await this.send({ method: 'GET', path, fromRoot, connectS: seconds, signal });
      return { status: response.statusCode ?? 0, text: await this.read(response) };
    } catch (error) {
      if (!signal.aborted || error instanceof LinkFailure) throw error;
      throw new LinkFailure('timeout', `${this.host} did not answer ${path} within ${seconds} s`);
    }
  }

  /** A whole body as text, without any secret of ours that the server repeats. Throws `LinkFailure('crash')` when it never ends. */
  async read(response: IncomingMessage): Promise<string> {
    return this.hide(await readBody(response));
  }

  /** A text of the server's without any secret of ours. */
  hide(text: string): string {
    return this.#secrets.hide(text);
  }

  /** Lets go of the connections that wait for a next request. */
  dropIdle(): void {
    this.#connections?.dropIdle();
  }

  close(): void {
    this.#connections?.close();
  }

  /** Made with the first request: a `ca` that cannot be read is this server's trouble, and keeps no other from serving. */
  #open(): Connections {
    const ca = this.#ca;
    try {
      this.#connections ??= new Connections(
        this.#url,
        (error) => this.#unreachable(error),
        ca === undefined ? undefined : readFileSync(ca),
      );
      return this.#connections;
    } catch (error) {
      throw new LinkFailure('connection', `the \`ca\` of ${this.host} cannot be read (${messageOf(error)})`);
    }
  }

  #unreachable(error: Error): LinkFailure {
    const code = 'code' in error ? String(error.code) : '';
    const distrust = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME/.test(code)
      ? '; where its authority is a private one, name its file as `ca`'
      : '';
    const why = messageOf(error) || code;
    return new LinkFailure('connection', `nobody answers at ${this.origin} (${why})${distrust}`, {
      cause: error,
    });
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const piece of response) {
    text += piece;
    if (text.length > MOST_BYTES) throw new LinkFailure('crash', 'the server sent a body without an end');
  }
  return text;
}
