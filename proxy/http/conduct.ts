import type { ServerResponse } from 'node:http';
import type { ChatEvent } from '../chat/types.ts';
import { ApiError, LinkFailure, messageOf } from '../errors.ts';
import type { AnswerWriter } from './write.ts';

/** What follows a request to its end. */
export interface Witness {
  /** Sees every event before the client does. */
  add(event: ChatEvent): void;
  /** Called once, whatever happened, and before the client learns of the end. */
  end(): void;
}

/**
 * Carries the events of one request to its witness and to its client. A client that goes away aborts the work.
 * What goes wrong in Toaster itself becomes an error that names it; nothing is thrown from here.
 */
export async function conduct(
  start: (signal: AbortSignal) => AsyncIterable<ChatEvent>,
  res: ServerResponse,
  writer: AnswerWriter,
  witness: Witness,
): Promise<void> {
  const gone = new AbortController();
  let ended = false;
  // After the end there is nothing to abort, and an abort that nobody hears is not free.
  res.once('close', () => {
    if (!ended) gone.abort();
  });
  const pass = (event: ChatEvent): Promise<void> | void => {
    witness.add(event);
    if (event.type === 'finish' || event.type === 'error') {
      ended = true;
      witness.end();
    }
    return writer.write(event);
  };
  try {
    for await (const event of start(gone.signal)) {
      const written = pass(event);
      if (written) await written;
    }
    if (!ended && !gone.signal.aborted) throw new Error('the request ended without an answer or an error');
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!ended) await pass({ type: 'error', error: asApiError(error) });
    else if (!res.writableEnded) res.destroy();
  } finally {
    if (!ended) witness.end();
  }
}

/** What a request or a runtime did wrong is told as it is; anything else is a fault of Toaster and said to be one. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof LinkFailure) return new ApiError(503, `${error.message}.`, { code: error.reason });
  if (isClientsFault(error))
    return new ApiError(error.status, `The request cannot be read: ${error.message}.`, {
      code: 'unreadable_request',
    });
  return new ApiError(500, `Toaster itself went wrong: ${messageOf(error)}. Please report it.`, {
    code: 'internal_error',
  });
}

/** Express says so of an address that cannot be decoded. */
function isClientsFault(error: unknown): error is Error & { status: number } {
  if (!(error instanceof Error && 'status' in error && typeof error.status === 'number')) return false;
  return error.status >= 400 && error.status < 500;
}
