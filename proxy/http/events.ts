import type { Response } from 'express';
import type { MemoryProbe } from '../memory/probe.ts';

/** So that nothing on the way takes a quiet stream for a dead one. */
const SIGN_OF_LIFE_MS = 15_000;

/**
 * `GET /api/events`: server-sent events for as long as the client stays. `memory` with each sample, `pressure` once at
 * the beginning and then with each change.
 */
export function sendEvents(res: Response, probe: MemoryProbe): void {
  res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache' });
  const send = (event: string, data: object): void => {
    // A client that does not read is not written for: the next sample tells it all again.
    if (!res.writableNeedDrain) res.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  send('pressure', probe.pressure);
  if (probe.last) send('memory', probe.last);
  const unlisten = probe.listen((sample, change) => {
    send('memory', sample);
    if (change) send('pressure', change);
  });
  const unwatch = probe.watch();
  const alive = setInterval(() => res.write(': still here\n\n'), SIGN_OF_LIFE_MS).unref();
  res.once('close', () => {
    unlisten();
    unwatch();
    clearInterval(alive);
  });
}
