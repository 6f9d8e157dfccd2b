import { HEADERS, type Receipt } from '../contract.ts';

/** What an answer's headers tell about who answered, and why. */
export function receiptHeaders(receipt: Receipt): Record<string, string> {
  const { served_by, attempts, degraded_reason } = receipt;
  return {
    [HEADERS.requestId]: receipt.request_id,
    [HEADERS.cache]: receipt.cache,
    ...(served_by !== null && { [HEADERS.servedBy]: served_by }),
    ...(receipt.memory !== null && { [HEADERS.memory]: receipt.memory }),
    ...(receipt.demoted && {
      [HEADERS.degraded]: `${receipt.model} -> ${served_by}`,
      [HEADERS.degradedReason]: degraded_reason ?? '',
    }),
    ...(attempts.length > 0 && {
      [HEADERS.attempts]: attempts
        .map(({ model, reason, seconds }) => `${model};reason=${reason};seconds=${seconds.toFixed(3)}`)
        .join(', '),
    }),
  };
}
