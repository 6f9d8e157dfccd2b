import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { bearerOf, sameSecret } from './admin/token.ts';
import { type Binding, isLoopback } from './binding.ts';
import { HEADERS } from './contract.ts';
import { ApiError } from './errors.ts';

/** Names by which a program on this machine reaches it. Others are a web page's trick (DNS rebinding). */
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const SLASH = 47;

/** Looks at every request that comes over one address, before anything else does. */
export class Guard {
  /** Null where other machines come from: by which names they do is unknown, and a page there lacks the key. */
  readonly #names: ReadonlySet<string> | null;
  /** Any of these opens. */
  readonly #secrets: readonly string[];
  /** The last one that was good: mostly the next is the same. */
  #goodHost: string | null = null;

  /** `token`: whoever may change things may use them. */
  constructor({ host, key }: Binding, token: string) {
    if (key === null && !isLoopback(host)) throw new Error(`${host} is not to be served without a key`);
    this.#names = key === null ? new Set([...LOOPBACK_NAMES, host]) : null;
    this.#secrets = key === null ? [] : [key, token];
  }

  /**
   * Refuses what no program of the person would send: a foreign Host name, a request that a web page makes, one for
   * another server, and where a key is demanded, one without. Throws `ApiError` 400, 401 or 403.
   */
  check({ method, url = '', headers, rawHeaders }: IncomingMessage): void {
    if (url.charCodeAt(0) !== SLASH)
      throw new ApiError(
        400,
        'Ask for a path of this server, such as /v1/models; this is no proxy for others.',
        {
          code: 'not_a_path',
        },
      );
    const { host = '' } = headers;
    if (host !== this.#goodHost) this.#checkName(host);
    if (moreHosts(rawHeaders))
      throw new ApiError(400, 'A request has one Host header.', { code: 'two_hosts' });
    this.#checkPage(method, host, headers);
    if (this.#secrets.length > 0 && url !== '/health') this.#checkKey(headers);
  }

  #checkName(host: string): void {
    if (this.#names?.has(host.replace(/:\d+$/, '').toLowerCase()) === false)
      throw new ApiError(403, `The Host name "${host}" is not served here; use 127.0.0.1 or localhost.`, {
        code: 'forbidden_host',
      });
    this.#goodHost = host;
  }

  #checkPage(method: string | undefined, host: string, headers: IncomingHttpHeaders): void {
    const { origin } = headers;
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
      throw new ApiError(403, `Web pages of ${origin} may not use this proxy.`, { code: 'forbidden_origin' });
    const site = headers['sec-fetch-site'];
    const followsLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
    if ((site === 'cross-site' || site === 'same-site') && !followsLink)
      throw new ApiError(403, 'Other web pages may not use this proxy.', { code: 'forbidden_origin' });
  }

  #checkKey({ authorization, 'x-api-key': key }: IncomingHttpHeaders): void {
    // Anthropic's clients send a key in a header of its own.
    const given = [bearerOf(authorization), typeof key === 'string' ? key : ''];
    // All are compared, so that the time does not tell which one it was.
    const pairs = given.flatMap((word) => this.#secrets.map((secret) => sameSecret(word, secret)));
    if (pairs.includes(true)) return;
    throw new ApiError(
      401,
      'This address wants the API key: send "Authorization: Bearer <key>"; ask has it from ASK_API_KEY.',
      {
        code: 'invalid_key',
      },
    );
  }
}

/** Node takes the first of several, and whoever stands before it perhaps the last. */
function moreHosts(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === 'host') count += 1;
  return count > 1;
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
