import type { ReceiptSoFar } from '../http/write.ts';

/** What stands on every chunk and every whole answer of one request. */
export interface Envelope {
  id: string;
  /** Seconds since 1970. */
  created: number;
  model: string;
}

/** The envelope of an answer, once it is known who gives it. `prefix` begins the id. */
export function envelopeOf(receipt: ReceiptSoFar, prefix: string): Envelope {
  const { request_id, ts, served_by, model } = receipt();
  return { id: `${prefix}-${request_id}`, created: Math.floor(ts), model: served_by ?? model };
}
