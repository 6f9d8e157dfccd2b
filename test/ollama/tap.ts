import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a proxy and a real Ollama, and notes what is asked and answered there, in order. */
export class Tap {
  readonly #happened: string[] = [];
  readonly #server = http.createServer((req, res) => void this.#pass(req, res));
  #target = '';

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** The address under which that Ollama is to be asked; `listen` comes first. */
  before(ollama: string): string {
    this.#target = ollama;
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Of the chats since the last look: `asked`, `begins` with the first word, `ends`. */
  look(): string {
    return this.#happened.splice(0).join(' ');
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #pass(req: http.IncomingMessage, res: http.ServerResponse): Promise<void> {
    const { method, url = '/', headers } = req;
    const isChat = url === '/api/chat';
    if (isChat) this.#happened.push('asked');
    const request = http.request(this.#target + url, { method, headers });
    res.once('close', () => request.destroy());
    request.once('error', () => res.destroy());
    request.once('response', (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      let said = '';
      answer.on('data', (bytes: Buffer) => {
        const before = said;
        said += bytes.toString('latin1');
        if (isChat) this.#note(before, said);
        res.write(bytes);
      });
      answer.once('end', () => res.end());
    });
    req.pipe(request);
  }

  #note(before: string, said: string): void {
    for (const [what, mark] of [
      ['begins', '"content":"'],
      ['ends', '"done":true'],
    ] as const)
      if (said.includes(mark) && !before.includes(mark)) this.#happened.push(what);
  }
}
