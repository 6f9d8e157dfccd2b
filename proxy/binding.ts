import { readFileSync, statSync } from 'node:fs';
import { isIP, SocketAddress } from 'node:net';

/** An address to listen on. */
export interface Binding {
  host: string;
  /** What every request there must bring; null where only this machine can come from. */
  key: string | null;
}

/** The person wants Toaster to listen where it must not. The message says what to do. */
export class BindingError extends Error {}

const HERE = '127.0.0.1';
/** Where nobody said anything. */
export const LOOPBACK_ONLY: readonly Binding[] = [{ host: HERE, key: null }];

/** A header carries it, and nobody should be able to try them all. */
const KEY = /^[\x21-\x7e]{16,}$/;

/** Whether only programs of this machine reach an address. What is not understood is not. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || (isIP(host) === 4 ? host.startsWith('127.') : plain(host) === '::1');
}

/**
 * Where to listen: `ASK_HOST`, by default 127.0.0.1 alone. An address that other machines reach comes beside that one, and
 * demands the key in `ASK_API_KEY` or in `keyFile`; that of all networks at once takes its place. Throws `BindingError`.
 */
export function bindingsFrom(env: NodeJS.ProcessEnv, keyFile: string): readonly Binding[] {
  const host = env.ASK_HOST;
  if (!host) return LOOPBACK_ONLY;
  if (isLoopback(host)) return [{ host, key: null }];
  if (isIP(host) === 0)
    throw new BindingError(`ASK_HOST=${host} is no address; write that of a network, such as 192.168.1.5`);
  const keyed = { host, key: readKey(env.ASK_API_KEY, keyFile, host) };
  // Whoever listens on all addresses listens on 127.0.0.1, too: there cannot be two.
  return ['0.0.0.0', '::'].includes(plain(host)) ? [keyed] : [...LOOPBACK_ONLY, keyed];
}

/** As an address is written in a URL. */
export const urlOf = ({ host }: Binding, port: number): string =>
  `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

function readKey(given: string | undefined, file: string, host: string): string {
  const key = given || keyIn(file);
  if (key === null)
    throw new BindingError(
      `${host} can be reached by other machines, so an API key is needed: set ASK_API_KEY, or make ${file} with: (umask 077; openssl rand -hex 32 >${file})`,
    );
  if (KEY.test(key)) return key;
  throw new BindingError(
    'the API key must be at least 16 letters, digits and signs without a space; make one with: openssl rand -hex 32',
  );
}

/** Null when there is no such file. One that others can read is no secret. */
function keyIn(file: string): string | null {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) return null;
  if (stats.mode & 0o077)
    throw new BindingError(`others can read the API key in ${file}; make a new one, and: chmod 600 ${file}`);
  return readFileSync(file, 'utf8').trim();
}

/** An IPv6 address has many spellings; others stay as they are. */
function plain(host: string): string {
  return isIP(host) === 6 ? new SocketAddress({ address: host, family: 'ipv6' }).address : host;
}
