import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError } from '../errors.ts';

/** What a client may take of the proxy's patience. Times are in ms. */
export interface Limits {
  /** From a connection's beginning, or a request's, to the end of its headers. */
  headersMs: number;
  /** Without a byte of a body that has begun. */
  bodyIdleMs: number;
  /** To the end of the body. An answer may take as long as it likes: slow models are normal. */
  requestMs: number;
  /** At the same time. */
  connections: number;
}

export const LIMITS: Limits = {
  headersMs: 15_000,
  bodyIdleMs: 30_000,
  requestMs: 600_000,
  connections: 1000,
};

/** Node answers 408 to who is over the time, and looks no more often than this. */
const LOOK_MS = 5000;

/** How often, while it stops, connections are looked for whose last answer has ended. */
const IDLE_LOOK_MS = 50;

/** Serves on an address; 0 picks a free port. Throws the listening socket's error. */
export async function listen(
  host: string,
  port: number,
  app: RequestListener,
  { headersMs, requestMs, connections }: Limits,
): Promise<{ server: Server; port: number }> {
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: 65_000,
      connectionsCheckingInterval: Math.min(LOOK_MS, headersMs),
    },
    app,
  );
  server.maxConnections = connections;
  server.listen(port, host);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

/** Answers under way have `graceMs` to come to their end; meanwhile nothing new is taken, on any connection. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Connections that were in use when that was said would go on with the next request.
  server.removeAllListeners('request').on('request', refuse);
  // Node closes those that are idle now, and none that becomes so when its answer has ended.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(idle);
  clearTimeout(force);
}

function refuse(_req: IncomingMessage, res: ServerResponse): void {
  const error = new ApiError(503, 'Toaster is stopping. Start it again, and send the request once more.', {
    code: 'stopping',
  });
  res.writeHead(503, {
    'Content-Type': 'application/json; charset=utf-8',
    Connection: 'close',
    'Retry-After': '5',
  });
  res.end(JSON.stringify(error.body()));
}
