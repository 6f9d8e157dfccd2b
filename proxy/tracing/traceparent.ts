/** A client's span, as its `traceparent` header names it. */
export interface Parent {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

/** Version, trace, span and flags; a later version may have more behind them. */
const SHAPE = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/** Reads the header as W3C's Trace Context has it; null for anything else, as if there were none. */
export function parseTraceparent(header: unknown): Parent | null {
  if (typeof header !== 'string') return null;
  const [, version, traceId = '', spanId = '', flags = '', more] = SHAPE.exec(header) ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return null;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
