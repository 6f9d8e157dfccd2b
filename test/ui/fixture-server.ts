import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  LogLine,
  MemoryMinute,
  RequestsPage,
  Settings,
  Span,
  Stats,
  Status,
} from '../../proxy/contract.ts';

const ui = fileURLToPath(new URL('../../dist/ui', import.meta.url));
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** What a fixture proxy says; a test changes it as it likes. */
export interface FixtureData {
  status: Status;
  lines: LogLine[];
  minutes: MemoryMinute[];
  settings: Settings;
  stats(span: Span): Stats;
}

/** Serves the built page, and made-up answers by the contract: for states that a real proxy cannot be brought into. */
export class FixtureServer {
  readonly token = 'fixture-token';
  readonly code = 'fixture-code';
  /** How often each path was asked for. */
  readonly asked: string[] = [];
  /** What the next changing request is refused with; null: nothing. */
  refusal: string | null = null;
  /** Answers everything with an error. */
  broken = false;
  data: FixtureData;
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();

  private constructor(data: FixtureData) {
    this.data = data;
    this.#server = createServer((req, res) => void this.#handle(req, res));
  }

  static async start(data: FixtureData, port = 0): Promise<FixtureServer> {
    const fixture = new FixtureServer(data);
    await new Promise<void>((resolve) => fixture.#server.listen(port, '127.0.0.1', resolve));
    return fixture;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get streams(): number {
    return this.#streams.size;
  }

  /** Says a new status to whoever listens. */
  status(status: Status): void {
    this.data.status = status;
    this.#send('status', status);
  }

  /** A new line of the log. */
  line(line: LogLine): void {
    this.data.lines.unshift(line);
    this.#send('request', line);
  }

  /** Breaks every stream off. */
  drop(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  /** Ends it; once it has ended, nothing. */
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise((resolve) => this.#server.close(resolve));
  }

  #send(event: string, data: unknown): void {
    for (const stream of this.#streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async #handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', this.url);
    const { pathname, searchParams } = url;
    this.asked.push(`${req.method} ${pathname}`);
    const json = (value: unknown, status = 200): void =>
      void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    let body = '';
    for await (const piece of req) body += piece;
    if (this.broken) return void res.writeHead(503).end();
    if (pathname.startsWith('/ui/')) return sendFile(pathname, res);
    if (pathname === '/api/events') return this.#stream(res);
    if (req.method === 'GET') {
      const span = (searchParams.get('span') ?? 'day') as Span;
      if (pathname === '/api/requests') return json(page(this.data.lines, searchParams));
      if (pathname === '/api/stats') return json(this.data.stats(span));
      if (pathname === '/api/memory/history') return json({ minutes: this.data.minutes });
      if (pathname === '/api/settings') return json(this.data.settings);
      if (pathname === '/health')
        return json({ name: 'toaster', status: 'ok', version: '0.1.0', pid: 4711, uptime_s: 60 });
    }
    const error = (message: string, status: number): void =>
      json({ error: { message, type: 'invalid_request_error', param: null, code: null } }, status);
    if (pathname === '/api/session')
      return JSON.parse(body).code === this.code
        ? json({ token: this.token })
        : error('This code was used already. Run `ask --open` for a new one.', 401);
    if (req.headers.authorization !== `Bearer ${this.token}`) return error('The token is wrong.', 401);
    if (this.refusal !== null) return error(this.refusal, 409);
    if (pathname === '/api/settings') {
      this.data.settings = { ...this.data.settings, ...JSON.parse(body) };
      return json(this.data.settings);
    }
    if (pathname === '/api/cool')
      return json({ cooled: this.data.status.residents.map(({ weights }) => weights), busy: [] });
    json({});
  }

  #stream(res: ServerResponse): void {
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    this.#streams.add(res);
    res.once('close', () => this.#streams.delete(res));
    res.write(`retry: 300\nevent: status\ndata: ${JSON.stringify(this.data.status)}\n\n`);
  }
}

function sendFile(pathname: string, res: ServerResponse): void {
  const file = join(ui, pathname === '/ui/' ? 'index.html' : pathname.slice(4));
  if (!existsSync(file)) return void res.writeHead(404).end();
  res.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self'; connect-src 'self'",
  });
  createReadStream(file).pipe(res);
}

function page(lines: LogLine[], search: URLSearchParams): RequestsPage {
  const filter = search.get('filter') ?? 'all';
  const fits: Record<string, (line: LogLine) => boolean> = {
    all: () => true,
    demoted: (line) => line.demoted,
    failed: (line) => line.exit_code !== 0,
    cached: (line) => line.cache_hit,
    council: (line) => line.model === 'council',
  };
  const q = (search.get('q') ?? '').toLowerCase();
  const all = lines.filter((line) => fits[filter]?.(line) && JSON.stringify(line).toLowerCase().includes(q));
  const from = Number(search.get('before') ?? 0);
  const to = from + Number(search.get('limit') ?? 100);
  return { requests: all.slice(from, to), next: to < all.length ? String(to) : null };
}
