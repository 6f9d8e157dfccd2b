import { type Council, HEADERS, type Receipt } from '../contract.ts';

/** What an answer's headers tell about who answered, and why. */
export function receiptHeaders(receipt: Receipt): Record<string, string> {
  const { served_by, attempts, degraded_reason, council } = receipt;
  return {
    [HEADERS.requestId]: receipt.request_id,
    [HEADERS.cache]: receipt.cache,
    ...(served_by !== null && { [HEADERS.servedBy]: served_by }),
    ...(receipt.memory !== null && { [HEADERS.memory]: receipt.memory }),
    ...(council !== null && { [HEADERS.council]: councilText(council) }),
    ...(receipt.demoted && {
      [HEADERS.degraded]: `${receipt.model} -> ${served_by}${shortOf(receipt)}`,
      [HEADERS.degradedReason]: degraded_reason ?? '',
    }),
    ...(attempts.length > 0 && {
      [HEADERS.attempts]: attempts
        .map(({ model, reason, seconds }) => `${model};reason=${reason};seconds=${seconds.toFixed(3)}`)
        .join(', '),
    }),
  };
}

/** `members=1/2; at-once=1; lost=fast-9b:timeout; synthesis=yes` */
function councilText(council: Council): string {
  const { members, at_once, synthesis } = council;
  const heard = members.filter(({ outcome }) => outcome !== 'lost').length;
  const facts = [`members=${heard}/${members.length}`, `at-once=${at_once}`, ...missed(council)];
  return [...facts, `synthesis=${synthesis ? 'yes' : 'no'}`].join('; ');
}

/** What a council that answered itself was short of. */
function shortOf({ council, model, served_by }: Receipt): string {
  return council !== null && served_by === model ? ` (${missed(council).join('; ')})` : '';
}

function missed({ members }: Council): string[] {
  return members.flatMap(({ outcome, model, served_by, reason }) => {
    if (outcome === 'answered') return [];
    return outcome === 'lost' ? `lost=${model}:${reason}` : `demoted=${model}>${served_by}:${reason}`;
  });
}
