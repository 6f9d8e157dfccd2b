import type { IncomingMessage } from 'node:http';
import type { Json } from '../../chat/types.ts';
import { LinkFailure } from '../../errors.ts';
import { type Call, Connections } from '../connections.ts';
import { Lines } from '../lines.ts';

/** Keep-alive connections to one Ollama. */
export class OllamaHttp {
  readonly #prefix: string;
  readonly #connections: Connections;

  constructor(url: string) {
    const address = new URL(url);
    this.#prefix = address.pathname.replace(/\/$/, '');
    this.#connections = new Connections(
      address,
      (error) =>
        new LinkFailure(
          'connection',
          `Ollama does not answer at ${address.origin} (${error.message}); start it with \`ollama serve\``,
          { cause: error },
        ),
    );
  }

  /** The response once its headers are there; `path` as Ollama has it. Throws `LinkFailure('connection')` when nobody answers. */
  send(call: Call): Promise<IncomingMessage> {
    return this.#connections.send({ ...call, path: this.#prefix + call.path });
  }

  /** A small JSON answer of a GET, with its whole time limited to `seconds`. */
  getJson(path: string, seconds: number): Promise<Json> {
    return this.#json({ method: 'GET', path }, seconds);
  }

  /** The same of a POST. */
  postJson(path: string, body: object, seconds: number): Promise<Json> {
    return this.#json({ method: 'POST', path, body: JSON.stringify(body) }, seconds);
  }

  async #json(call: Pick<Call, 'method' | 'path' | 'body'>, seconds: number): Promise<Json> {
    const { path } = call;
    const signal = AbortSignal.timeout(seconds * 1000);
    const response = await this.send({ ...call, connectS: seconds, signal });
    const text = await readText(response);
    if (response.statusCode !== 200) throw new LinkFailure('http_5xx', `${path} said ${response.statusCode}`);
    return JSON.parse(text);
  }

  /** Lets go of the connections that wait for a next request; those in use stay. */
  dropIdle(): void {
    this.#connections.dropIdle();
  }

  close(): void {
    this.#connections.close();
  }
}

/** A response's whole body as text. */
export async function readText(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const piece of response) text += piece;
  return text;
}

/**
 * The lines of a newline-delimited stream, wherever the bytes are cut: those together that come together, since each turn of a
 * generator has its price. Whoever stops early must end the response.
 */
export async function* readLines(response: IncomingMessage): AsyncGenerator<string[]> {
  // The stream's own decoder keeps a character that is cut in two for the next chunk.
  response.setEncoding('utf8');
  const lines = new Lines();
  for await (const piece of response.iterator({ destroyOnReturn: false }))
    yield lines.add(piece).filter(isSaid);
  yield [lines.end()].filter(isSaid);
}

const isSaid = (line: string): boolean => line.trim() !== '';
