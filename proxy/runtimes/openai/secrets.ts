import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { OpenaiConfig, Secret } from '../../config/schema.ts';
import { LinkFailure } from '../../errors.ts';

/** Where secrets are read; by default this process's environment and the macOS keychain. */
export interface SecretSources {
  env: NodeJS.ProcessEnv;
  /** The password of a service. Throws when there is none. */
  keychain(service: string): Promise<string>;
}

const run = promisify(execFile);

export const thisMachine: SecretSources = {
  env: process.env,
  async keychain(service) {
    if (process.platform !== 'darwin')
      throw new Error('only macOS has a keychain; name an environment variable with `env` instead');
    const { stdout } = await run('/usr/bin/security', ['find-generic-password', '-s', service, '-w']);
    return stdout.replace(/\n$/, '');
  },
};

/** Shorter than this, a "secret" would be found in the middle of honest words. */
const SHORTEST = 6;

/** The headers of one server, secrets among them. They are read when they are first needed, and never told to anybody. */
export class Secrets {
  readonly #config: Pick<OpenaiConfig, 'key' | 'headers'>;
  readonly #sources: SecretSources;
  #headers: Promise<Record<string, string>> | null = null;
  readonly #values = new Set<string>();

  constructor(config: Pick<OpenaiConfig, 'key' | 'headers'>, sources: SecretSources = thisMachine) {
    this.#config = config;
    this.#sources = sources;
  }

  /** Every header that the config names. Throws `LinkFailure('unauthorized')` when a secret is not where it should be. */
  headers(): Promise<Record<string, string>> {
    this.#headers ??= this.#read().catch((error: unknown) => {
      this.#headers = null;
      throw error;
    });
    return this.#headers;
  }

  /** Secrets may have been renewed where they are: they are read again. */
  forget(): void {
    this.#headers = null;
  }

  /** Where the key is, for a person who has to renew it. */
  get place(): string {
    const { key } = this.#config;
    return key === undefined ? 'no `key` in the config' : placeOf(key);
  }

  /** A text of somebody else's without any secret that it may have repeated. */
  hide(text: string): string {
    let clean = text;
    for (const value of this.#values) clean = clean.replaceAll(value, '(secret)');
    return clean;
  }

  async #read(): Promise<Record<string, string>> {
    const { key, headers } = this.#config;
    const read = await Promise.all(
      Object.entries(headers).map(
        async ([name, value]): Promise<[string, string]> => [
          name,
          typeof value === 'string' ? value : await this.#valueOf(value),
        ],
      ),
    );
    if (key !== undefined) read.push(['authorization', `Bearer ${await this.#valueOf(key)}`]);
    return Object.fromEntries(read);
  }

  async #valueOf(secret: Secret): Promise<string> {
    const value = (await this.#lookUp(secret)).trim();
    // Its value is not repeated, also not where it is wrong.
    if (value === '' || !/^[\x21-\x7e]+$/.test(value))
      throw missing(`${placeOf(secret)} ${value === '' ? 'is not set' : 'holds what no header can carry'}`);
    if (value.length >= SHORTEST) this.#values.add(value);
    return value;
  }

  async #lookUp(secret: Secret): Promise<string> {
    if ('env' in secret) return this.#sources.env[secret.env] ?? '';
    try {
      return await this.#sources.keychain(secret.keychain);
    } catch (error) {
      const why = error instanceof Error && !('cmd' in error) ? `: ${error.message}` : '';
      throw missing(`${placeOf(secret)} cannot be read${why}`);
    }
  }
}

const placeOf = (secret: Secret): string =>
  'env' in secret ? `the environment variable ${secret.env}` : `${secret.keychain} in the keychain`;

const missing = (what: string): LinkFailure => new LinkFailure('unauthorized', what);
