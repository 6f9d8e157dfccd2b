import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { adminToken } from './admin/token.ts';
import { createApp } from './app.ts';
import { openCache } from './cache/store.ts';
import { systemClock as clock } from './clock.ts';
import { durationSeconds } from './config/duration.ts';
import { LiveConfig } from './live-config.ts';
import { openMemory } from './memory/memory.ts';
import { Warmth } from './memory/warmth.ts';
import type { Paths } from './paths.ts';
import type { StartChild } from './runtimes/llamacpp/child-process.ts';
import { Service } from './service.ts';
import { openLog } from './telemetry/log.ts';

export interface ServeOptions {
  paths: Paths;
  /** 0 picks a free one. */
  port: number;
  /** How the embedded engine's process is started; by default with Node's own means. */
  startChild?: StartChild;
  /** Something a person should know, in one line. */
  warn(message: string): void;
}

/** A proxy that is listening. */
export interface Serving {
  url: string;
  live: LiveConfig;
  /** The machine has slept: connections are renewed, what is pinned comes back, rates begin anew. */
  woke(): void;
  /** Stops accepting, waits up to `graceMs` for requests in flight, and ends what it started. */
  close(graceMs?: number): Promise<void>;
}

/** Composes the proxy and listens on 127.0.0.1. Throws `ConfigError`, or the listening socket's error. */
export async function serve({ paths, port, startChild, warn }: ServeOptions): Promise<Serving> {
  const memory = openMemory({
    stateFile: paths.state,
    historyFile: paths.history,
    clock,
    warn,
    config: () => live.current.config,
  });
  const live: LiveConfig = new LiveConfig(
    paths.config,
    { modelsDir: paths.models, startChild, warn },
    memory,
  );
  const { ttl, max_mb } = live.current.config.cache;
  const token = { value: adminToken(paths.adminToken), file: paths.adminToken };
  const cache = openCache({
    file: paths.cache,
    ttlS: durationSeconds(ttl),
    maxBytes: max_mb * 1e6,
    now: clock.wall,
    warn,
  });
  const warmth = new Warmth(memory, warn);
  const log = openLog({ file: paths.log, now: clock.wall, warn });
  const service = new Service({ live, cache, log, clock, memory, warmth, token });
  const server = createServer(createApp({ service, startedAt: clock.wall() }));
  const end = async (): Promise<void> => {
    warmth.close();
    memory.probe.close();
    memory.history.close();
    await live.close();
    cache.close();
    log.close();
  };
  try {
    await listen(server, port);
  } catch (error) {
    await end();
    throw error;
  }
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    live,
    woke() {
      live.renew();
      // Warmth listens to the probe, so what is pinned is looked after by this, too.
      memory.probe.woke();
    },
    async close(graceMs = 5000) {
      await closeServer(server, graceMs);
      await end();
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  // Slow models are normal: no limit on how long an answer may take, nor on a large prompt's upload.
  server.requestTimeout = 0;
  server.keepAliveTimeout = 65_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(force);
}
