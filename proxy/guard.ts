import type { IncomingHttpHeaders } from 'node:http';
import { HEADERS } from './contract.ts';
import { ApiError } from './errors.ts';

/** Names by which a program on this machine reaches it. Others are a web page's trick (DNS rebinding). */
const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Refuses what no program of the person would send: a foreign Host name, or a request that a web page makes.
 * Throws `ApiError` 403.
 */
export function guardOrigin(method: string, headers: IncomingHttpHeaders): void {
  const host = headers.host ?? '';
  if (!LOOPBACK_NAMES.has(host.replace(/:\d+$/, '').toLowerCase()))
    throw new ApiError(403, `The Host name "${host}" is not served here; use 127.0.0.1 or localhost.`, {
      code: 'forbidden_host',
    });
  const { origin } = headers;
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
    throw new ApiError(403, `Web pages of ${origin} may not use this proxy.`, { code: 'forbidden_origin' });
  const site = headers['sec-fetch-site'];
  const followsLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  if ((site === 'cross-site' || site === 'same-site') && !followsLink)
    throw new ApiError(403, 'Other web pages may not use this proxy.', { code: 'forbidden_origin' });
}

/** A web page can send forms and plain text without being asked, JSON only after a preflight. Throws 415. */
export function guardJson(headers: IncomingHttpHeaders): void {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    throw new ApiError(415, `Send JSON with "Content-Type: application/json", not "${type ?? 'no type'}".`, {
      code: 'unsupported_media_type',
    });
}

/** `POST /ask` takes a form, so it wants a header that no page can set unasked. Throws 403. */
export function guardAsk(headers: IncomingHttpHeaders): void {
  if (headers[HEADERS.ask.toLowerCase()] !== '1')
    throw new ApiError(403, `Send the header "${HEADERS.ask}: 1"; the ask command does.`, {
      code: 'ask_header_missing',
    });
}
