import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ChatBody } from './answer.ts';
import { type Chatting, chat, Refusal, readKeepAlive, sendJson } from './chat.ts';
import { embed, inputOf } from './embed.ts';
import { type ActiveFault, type Fault, takeFault } from './faults.ts';
import { generate } from './generate.ts';
import type { Machine } from './machine.ts';
import { digestOf, type FakeModel, fakeModel, pause, Residency } from './models.ts';

const FOREVER = '2318-01-01T00:00:00Z';
const BUSY = 'server busy, please try again.  maximum pending requests exceeded';

export interface FakeOptions {
  models: (Partial<FakeModel> & { name: string })[];
  port?: number;
  oddBytes?: boolean;
  /** What it runs on. */
  machine?: Machine;
  /** OLLAMA_MAX_QUEUE: more requests than this at a time are turned away. */
  maxQueue?: number;
  version?: string;
}

/** What a request of the past looked like. */
export interface Seen {
  path: string;
  body: ChatBody;
  /** The client went away before the answer was over. */
  aborted: boolean;
  /** The answer is over, one way or the other. */
  over: boolean;
}

/** A program that behaves like Ollama on its native API, with faults to switch on. Held to the real one by contract.test.ts. */
export class FakeOllama {
  readonly seen: Seen[] = [];
  readonly faults = new Map<string, ActiveFault>();
  readonly residency: Residency;
  /** `/api/ps` says nothing for a minute, as a real one may while it loads. */
  psHangs = false;
  readonly #models: Map<string, FakeModel>;
  readonly #options: FakeOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #pending = 0;

  private constructor(options: FakeOptions) {
    this.#options = options;
    this.residency = new Residency(options.machine ?? null);
    this.#models = new Map(options.models.map((model) => [model.name, fakeModel(model)]));
    this.#server = createServer((req, res) => void this.#handle(req, res));
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  static async start(options: FakeOptions): Promise<FakeOllama> {
    const fake = new FakeOllama(options);
    fake.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(fake.#server, 'listening');
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** What has left over the connections that are open. */
  get bytesWritten(): number {
    return this.#sockets
      .values()
      .reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0);
  }

  /** Makes a model fail from now on, or only the next `times`; null makes it well again. */
  fault(model: string, fault: Fault | null, times = Number.POSITIVE_INFINITY): void {
    if (fault) this.faults.set(model, { fault, left: times });
    else this.faults.delete(model);
  }

  /** As it was at the start: every model well and with its own behaviour. */
  reset(): void {
    this.faults.clear();
    this.#models.clear();
    for (const model of this.#options.models) this.#models.set(model.name, fakeModel(model));
  }

  /** Changes how a model behaves, or adds one. */
  set(model: Partial<FakeModel> & { name: string }): void {
    this.#models.set(model.name, fakeModel({ ...this.#models.get(model.name), ...model }));
  }

  /** The chats that reached a model. */
  chats(model: string): Seen[] {
    return this.seen.filter(({ path, body }) => path === '/api/chat' && body.model === model);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    const gone = new AbortController();
    let text = '';
    req.setEncoding('utf8');
    for await (const piece of req) text += piece;
    const seen: Seen = { path, body: {}, aborted: false, over: false };
    this.seen.push(seen);
    res.once('close', () => {
      seen.aborted = !res.writableFinished;
      seen.over = true;
      gone.abort();
    });
    try {
      await this.#route(`${req.method} ${path}`, text, seen, res, gone.signal);
    } catch (error) {
      if (gone.signal.aborted) return;
      const status = error instanceof Refusal ? error.status : 500;
      sendJson(res, { error: error instanceof Error ? error.message : String(error) }, status);
    }
  }

  async #route(
    route: string,
    text: string,
    seen: Seen,
    res: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const plain = (status: number, body: string) =>
      void res.writeHead(status, { 'content-type': 'text/plain' }).end(body);
    if (route === 'GET /') plain(200, 'Ollama is running');
    else if (route === 'GET /api/version') sendJson(res, { version: this.#options.version ?? '0.33.0-fake' });
    else if (route === 'GET /api/tags') sendJson(res, { models: [...this.#models.values()].map(tag) });
    else if (route === 'GET /api/ps') {
      if (this.psHangs) await pause(60_000, signal);
      sendJson(res, { models: this.#residents() });
    } else if (route === 'POST /api/pull') await this.#pull(parseBody(text, seen), res, signal);
    else if (route === 'POST /api/show') sendJson(res, show(this.#model(parseBody(text, seen), ':latest')));
    else if (route === 'POST /api/chat') await this.#chat(parseBody(text, seen), res, signal);
    else if (route === 'POST /api/generate') await this.#generate(parseBody(text, seen), res, signal);
    else if (route === 'POST /api/embed') await this.#embed(parseBody(text, seen), res, signal);
    else if (route === 'POST /fake/fault') {
      const { model, fault, times } = JSON.parse(text);
      this.fault(model, fault, times ?? Number.POSITIVE_INFINITY);
      sendJson(res, { ok: true });
    } else if (route.startsWith('POST /api/tags')) plain(405, '405 method not allowed');
    else plain(404, '404 page not found');
  }

  async #chat(body: ChatBody, res: ServerResponse, signal: AbortSignal): Promise<void> {
    await this.#ask(chat, this.#model(body, ''), body, res, signal);
  }

  /** Without a model's name it looks for one of no name. */
  async #generate(body: ChatBody, res: ServerResponse, signal: AbortSignal): Promise<void> {
    readKeepAlive(body);
    const model = this.#models.get(body.model ?? '');
    if (!model) throw new Refusal(404, `model '${body.model ?? ''}' not found`);
    await this.#ask(generate, model, body, res, signal);
  }

  async #embed(body: ChatBody, res: ServerResponse, signal: AbortSignal): Promise<void> {
    readKeepAlive(body);
    inputOf(body);
    if (!body.model) throw new Refusal(404, "model '' not found");
    const model = this.#models.get(body.model);
    if (!model) throw new Refusal(404, `model "${body.model}" not found, try pulling it first`);
    await this.#ask(embed, model, body, res, signal);
  }

  async #ask(
    answer: (chatting: Chatting) => Promise<void>,
    model: FakeModel,
    body: ChatBody,
    res: ServerResponse,
    signal: AbortSignal,
  ): Promise<void> {
    const fault = takeFault(this.faults, model.name);
    if (fault?.kind === 'reset') {
      res.socket?.resetAndDestroy();
      return;
    }
    if (fault?.kind === 'status') {
      if (fault.retryAfter !== undefined) res.setHeader('retry-after', String(fault.retryAfter));
      throw new Refusal(fault.status, fault.error ?? 'something went wrong');
    }
    if (this.#pending >= (this.#options.maxQueue ?? 512)) throw new Refusal(503, BUSY);
    this.#pending += 1;
    const { residency } = this;
    try {
      await answer({
        model,
        body,
        fault,
        residency,
        oddBytes: this.#options.oddBytes ?? false,
        res,
        signal,
      });
    } finally {
      this.#pending -= 1;
    }
  }

  /** Any model can be had, in ten pieces of a layer; one that is there is there at once. */
  async #pull({ model: name }: ChatBody, res: ServerResponse, signal: AbortSignal): Promise<void> {
    if (!name || /\s/.test(name)) throw new Refusal(400, 'invalid model name');
    const fault = takeFault(this.faults, name);
    const line = (json: object): void => void res.write(`${JSON.stringify(json)}\n`);
    res.writeHead(200, { 'content-type': 'application/x-ndjson' });
    line({ status: 'pulling manifest' });
    const [, host, path, tag] = /^(127\.0\.0\.1:1)\/(.+):(.+)$/.exec(name) ?? [];
    if (host !== undefined) {
      const why = `Get "https://${host}/v2/${path}/manifests/${tag}": dial tcp ${host}: connect: connection refused`;
      line({ error: `pull model manifest: ${why}` });
      res.end();
      return;
    }
    const digest = `sha256:${digestOf(name)}`;
    const total = 1e9;
    for (let tenth = 0; tenth <= 10; tenth++) {
      if (tenth === 5 && fault?.kind === 'error-in-stream') {
        line({ error: 'max retries exceeded: unexpected EOF' });
        res.end();
        return;
      }
      if (tenth === 5 && fault?.kind === 'hang-mid-stream') await pause(60_000, signal);
      line({ status: `pulling ${digest.slice(7, 19)}`, digest, total, completed: (total * tenth) / 10 });
    }
    const licence = { digest: `sha256:${digestOf(`${name}'s licence`)}`, total: 12_000 };
    for (const completed of [0, 12_000])
      line({ status: `pulling ${licence.digest.slice(7, 19)}`, ...licence, completed });
    for (const status of ['verifying sha256 digest', 'writing manifest', 'success']) line({ status });
    this.set({ name });
    res.end();
  }

  #model({ model }: ChatBody, shown: string): FakeModel {
    if (!model) throw new Refusal(400, 'model is required');
    const known = this.#models.get(model);
    if (known) return known;
    throw new Refusal(404, `model '${model}${model.includes(':') ? '' : shown}' not found`);
  }

  #residents(): unknown[] {
    return this.residency.list().flatMap(({ name, context, expiresAt }) => {
      const model = this.#models.get(name);
      if (!model) return [];
      const expires = Number.isFinite(expiresAt) ? new Date(expiresAt).toISOString() : FOREVER;
      const { modified_at: _, capabilities: __, details, ...facts } = tag(model);
      const { context_length: ___, embedding_length: ____, ...kept } = details;
      return [{ ...facts, details: kept, expires_at: expires, size_vram: 0, context_length: context }];
    });
  }
}

function parseBody(text: string, seen: Seen): ChatBody {
  if (text === '') throw new Refusal(400, 'missing request body');
  try {
    seen.body = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'unexpected EOF');
  }
  return seen.body;
}

function tag(model: FakeModel) {
  const { name, size, capabilities } = model;
  const format = {
    parent_model: '',
    format: 'gguf',
    family: 'fake',
    families: ['fake'],
    parameter_size: '1B',
    quantization_level: 'Q4_K_M',
  };
  const details = { ...format, context_length: 32_768, embedding_length: 640 };
  return {
    name,
    model: name,
    modified_at: '2026-01-01T00:00:00Z',
    size,
    digest: digestOf(name),
    details,
    capabilities,
  };
}

function show(model: FakeModel) {
  const { details, capabilities, modified_at } = tag(model);
  const { context_length: _, embedding_length: __, ...kept } = details;
  return {
    modelfile: `# Modelfile\nFROM /models/blobs/sha256-${digestOf(model.name)}\n`,
    template: '',
    details: kept,
    model_info: {},
    tensors: [],
    capabilities,
    modified_at,
  };
}
