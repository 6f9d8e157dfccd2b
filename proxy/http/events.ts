import type { Request, Response } from 'express';
import type { Events } from '../contract.ts';
import { EventStream } from '../events/event-stream.ts';
import type { RequestFeed } from '../events/request-feed.ts';
import type { StatusFeed } from '../events/status-feed.ts';
import type { MemoryProbe } from '../memory/probe.ts';

export interface EventSources {
  probe: MemoryProbe;
  status: StatusFeed;
  requests: RequestFeed;
  /** Ends all streams: the proxy stops. */
  ended: AbortSignal;
}

/**
 * `GET /api/events`: server-sent events for as long as the client stays. `status` and `pressure` at the beginning and with
 * each change, `memory` with each sample, `request` with each line of the log; who comes back with `Last-Event-ID` hears
 * those it missed, or `reset` when they are not known any more. Memory is looked at more often while somebody reads; with
 * `?quiet=1` it is not, for those who stay all day.
 */
export function sendEvents(req: Request, res: Response, sources: EventSources): void {
  const { probe, status, requests, ended } = sources;
  const before = req.get('last-event-id');
  const missed = before === undefined ? [] : requests.since(before);
  const { newest } = requests;
  const stream = new EventStream(res, missed === null ? newest : (before ?? newest), () => requests.newest);
  const tell = <Name extends keyof Events>(name: Name, data: Events[Name]): void =>
    stream.state(name, JSON.stringify(data));
  if (missed === null) stream.reset(newest);
  else stream.requests(missed);
  tell('pressure', probe.pressure);
  if (probe.last) tell('memory', probe.last);
  const ends = [
    status.listen((json) => stream.state('status', json)),
    requests.listen((event) => stream.requests([event])),
    probe.listen((sample, change) => {
      tell('memory', sample);
      if (change) tell('pressure', change);
    }),
    req.query.quiet === undefined ? probe.watch() : () => undefined,
  ];
  const end = (): void => void res.end();
  ended.addEventListener('abort', end);
  res.once('close', () => {
    ended.removeEventListener('abort', end);
    for (const stop of ends) stop();
  });
  if (ended.aborted) end();
}
