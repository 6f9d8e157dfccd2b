import type { ErrorBody, ExitCode, Reason } from './contract.ts';
import { EXIT } from './contract.ts';

interface ApiErrorFacts {
  code?: string;
  param?: string;
  /** Seconds. */
  retryAfter?: number;
  /** What `ask` exits with; by default 2 for the client's mistakes and 4 for the rest. */
  exit?: ExitCode;
}

/** Errors name what they were given, and that may be a megabyte; headers have to carry them. */
const LONGEST_CHARS = 8000;
/** What to do next stands at the end. */
const END_CHARS = 1000;
const short = (message: string): string =>
  message.length > LONGEST_CHARS
    ? `${message.slice(0, LONGEST_CHARS - END_CHARS)}…${message.slice(-END_CHARS)}`
    : message;

/** An error that a client sees. The message says what to do next. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string | null;
  readonly param: string | null;
  readonly retryAfter: number | null;
  readonly exit: ExitCode;

  constructor(status: number, message: string, facts: ApiErrorFacts = {}) {
    super(short(message));
    this.name = 'ApiError';
    this.status = status;
    this.code = facts.code ?? null;
    this.param = facts.param ?? null;
    this.retryAfter = facts.retryAfter ?? null;
    this.exit = facts.exit ?? (status < 500 ? EXIT.usage : EXIT.failed);
  }

  /** The body in OpenAI's shape. */
  body(): ErrorBody {
    const type =
      this.status === 401 || this.status === 403
        ? 'authentication_error'
        : this.status < 500
          ? 'invalid_request_error'
          : 'server_error';
    return { error: { message: this.message, type, param: this.param, code: this.code } };
  }
}

/**
 * Too many wait for the same weights. That is no failed link: another model in memory beside these would make it worse, so
 * the client is asked to come back, in `retryAfter` seconds.
 */
export class Busy extends ApiError {
  constructor(message: string, retryAfter: number) {
    super(503, message, { code: 'busy', retryAfter });
    this.name = 'Busy';
  }
}

interface LinkFailureFacts {
  counts?: boolean;
  /** Seconds after which another try may help. */
  retryAfter?: number;
  cause?: unknown;
}

/** One link of a chain could not answer; the next one may. */
export class LinkFailure extends Error {
  readonly reason: Reason;
  /** Whether it says something about the link's health: a full queue does not. */
  readonly counts: boolean;
  readonly retryAfter: number | null;

  constructor(reason: Reason, message: string, facts: LinkFailureFacts = {}) {
    super(short(message), { cause: facts.cause });
    this.name = 'LinkFailure';
    this.reason = reason;
    this.counts = facts.counts ?? true;
    this.retryAfter = facts.retryAfter ?? null;
  }
}

/** Text for whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
