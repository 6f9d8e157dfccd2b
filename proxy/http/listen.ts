import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

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

/** Accepts nothing more, and waits up to `graceMs` for requests in flight. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(force);
}
