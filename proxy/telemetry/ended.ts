import type { IncomingHttpHeaders } from 'node:http';
import type { ChatRequest } from '../chat/types.ts';
import type { Receipt } from '../contract.ts';
import type { ApiError } from '../errors.ts';
import type { Live } from '../live-config.ts';

/** A request that has ended, for those who count or trace. */
export interface Ended {
  receipt: Receipt;
  /** Null when it was refused before it was understood. */
  request: ChatRequest | null;
  error: ApiError | null;
  /** The flag of an `ask` that was no question to a model. */
  command: string | null;
  /** The config that was in force when it came. */
  live: Live;
  /** What the client sent, unchecked; empty where none came by HTTP. */
  headers: IncomingHttpHeaders;
}
