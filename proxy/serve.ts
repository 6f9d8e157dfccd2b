import type { Server } from 'node:http';
import { SessionCodes } from './admin/session-codes.ts';
import { adminToken } from './admin/token.ts';
import { createListener } from './app.ts';
import { type Binding, LOOPBACK_ONLY, urlOf } from './binding.ts';
import { openCache } from './cache/store.ts';
import { systemClock as clock } from './clock.ts';
import { durationSeconds } from './config/duration.ts';
import { type DataLock, lockData } from './data-lock.ts';
import { type FreeOnDisk, freeOnDisk } from './disk.ts';
import { RequestFeed } from './events/request-feed.ts';
import { StatusFeed } from './events/status-feed.ts';
import { Guard } from './guard.ts';
import { closeServer, LIMITS, type Limits, listen } from './http/listen.ts';
import { LiveConfig } from './live-config.ts';
import { openMemory } from './memory/memory.ts';
import { statusOf } from './memory/status.ts';
import { Warmth } from './memory/warmth.ts';
import { Metrics } from './metrics/metrics.ts';
import type { Paths } from './paths.ts';
import type { StartChild } from './runtimes/llamacpp/child-process.ts';
import { Service } from './service.ts';
import { RollUp } from './stats/roll-up.ts';
import { openLog } from './telemetry/log.ts';
import { warnRarely } from './telemetry/warn-rarely.ts';
import { tracesUrl } from './tracing/settings.ts';

export interface ServeOptions {
  paths: Paths;
  /** 0 picks a free one. */
  port: number;
  /** Where to listen; by default on 127.0.0.1 alone. */
  bindings?: readonly Binding[];
  /** What a client may take its time with. */
  limits?: Limits;
  /** The folder of the built page, when it is not where `npm run ui` puts it. */
  ui?: string;
  /** How the embedded engine's process is started; by default with Node's own means. */
  startChild?: StartChild;
  /** How full the disk is; by default as the system says. */
  disk?: FreeOnDisk;
  /** Something a person should know, in one line. */
  warn(message: string): void;
}

/** A proxy that is listening. */
export interface Serving {
  /** Of the first address. */
  url: string;
  /** Of all. */
  urls: string[];
  live: LiveConfig;
  /** The machine has slept: connections are renewed, what is pinned comes back, rates begin anew. */
  woke(): void;
  /** Stops accepting, waits up to `graceMs` for requests in flight, and ends what it started. */
  close(graceMs?: number): Promise<void>;
}

/** Composes the proxy and listens. Throws `ConfigError`, `DataInUse`, or the listening socket's error. */
export async function serve(options: ServeOptions): Promise<Serving> {
  // Before any file is read: two on one folder would not know of each other's changes.
  const lock = lockData(options.paths.data, options.warn);
  try {
    return await serveLocked(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function serveLocked(
  {
    paths,
    port,
    bindings = LOOPBACK_ONLY,
    limits = LIMITS,
    ui,
    startChild,
    disk = freeOnDisk,
    warn,
  }: ServeOptions,
  lock: DataLock,
): Promise<Serving> {
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
  const token = { value: adminToken(paths.adminToken, warn), file: paths.adminToken };
  const cache = openCache({
    file: paths.cache,
    ttlS: durationSeconds(ttl),
    maxBytes: max_mb * 1e6,
    now: clock.wall,
    warn,
  });
  const warmth = new Warmth(memory, warn);
  const log = openLog({ file: paths.log, now: () => clock.now() / 1000, warn });
  const requests = new RequestFeed();
  const codes = new SessionCodes(clock.now);
  const rollUp = new RollUp({ file: paths.stats, log: paths.log, now: clock.wall, warn });
  const service = new Service({
    live,
    cache,
    log,
    clock,
    memory,
    warmth,
    requests,
    codes,
    rollUp,
    paths,
    disk,
    bodyIdleMs: limits.bodyIdleMs,
    token,
  });
  const traces = tracesUrl(process.env, warn);
  const tracing = traces && (await import('./tracing/open.ts')).openTracing(traces, process.env, warn);
  if (tracing) service.ended.add((ended) => tracing.trace(ended));
  const status = new StatusFeed({
    memory,
    read: () => statusOf(memory, live.current.config, clock.wall()),
    warn: warnRarely(warn, clock.wall),
  });
  const ended = new AbortController();
  const events = { probe: memory.probe, status, requests, ended: ended.signal };
  const app = { service, events, metrics: new Metrics(service), paths, ui, startedAt: clock.wall() };
  const servers: Server[] = [];
  const end = async (): Promise<void> => {
    warmth.close();
    memory.probe.close();
    memory.history.close();
    await rollUp.close();
    await live.close();
    cache.close();
    log.close();
    if (tracing) await tracing.close();
  };
  let bound = port;
  try {
    for (const binding of bindings) {
      const guard = new Guard(binding, token.value);
      const listening = await listen(binding.host, bound, createListener({ ...app, guard }), limits);
      servers.push(listening.server);
      bound = listening.port;
    }
  } catch (error) {
    await closeAll(servers, 0);
    await end();
    throw error;
  }
  // Not before it is sure that this one serves: another one's roll-up is the same file.
  void rollUp.catchUp();
  const urls = bindings.map((binding) => urlOf(binding, bound));
  const url = urls[0] ?? '';
  lock.listens(url);
  return {
    url,
    urls,
    live,
    woke() {
      live.renew();
      // Warmth listens to the probe, so what is pinned is looked after by this, too.
      memory.probe.woke();
    },
    async close(graceMs = 5000) {
      ended.abort();
      await closeAll(servers, graceMs);
      await end();
      lock.release();
    },
  };
}

async function closeAll(servers: readonly Server[], graceMs: number): Promise<void> {
  await Promise.all(servers.map((server) => closeServer(server, graceMs)));
}
