import type { LogLine, Status } from '../../proxy/contract.ts';

/** Whether the proxy is heard. `away.since` is in milliseconds since 1970. */
export type Link = { state: 'connecting' } | { state: 'live' } | { state: 'away'; since: number };

/** What the page knows by its stream. */
export interface Live {
  link: Link;
  status: Status | null;
  /** When the status was heard, in milliseconds since 1970: what ticks, ticks from there. */
  statusAt: number;
  /** The newest request. */
  latest: LogLine | null;
  /** Demotions that came while nobody looked at the requests. */
  unseen: number;
}

/** Before anything was heard. */
export const NOTHING_YET: Live = {
  link: { state: 'connecting' },
  status: null,
  statusAt: 0,
  latest: null,
  unseen: 0,
};

/** What changes it. */
export type LiveEvent =
  | { type: 'status'; status: Status; at: number }
  | { type: 'request'; line: LogLine; looking: boolean }
  | { type: 'latest'; line: LogLine | null }
  | { type: 'looked' }
  | { type: 'opened' }
  | { type: 'lost'; at: number };

/** The state after an event. Being away keeps the time of its beginning; a status means that the proxy is there. */
export function afterEvent(live: Live, event: LiveEvent): Live {
  switch (event.type) {
    case 'status':
      return { ...live, link: { state: 'live' }, status: event.status, statusAt: event.at };
    case 'request':
      return {
        ...live,
        latest: event.line,
        unseen: live.unseen + (event.line.demoted && !event.looking ? 1 : 0),
      };
    case 'latest':
      // What the stream said meanwhile is newer than what was asked for.
      return live.latest && (!event.line || live.latest.ts >= event.line.ts)
        ? live
        : { ...live, latest: event.line };
    case 'looked':
      return live.unseen === 0 ? live : { ...live, unseen: 0 };
    case 'opened':
      return { ...live, link: { state: 'live' } };
    case 'lost':
      return live.link.state === 'away' ? live : { ...live, link: { state: 'away', since: event.at } };
  }
}
