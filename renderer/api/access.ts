import type { Session, Shell } from '../../proxy/contract.ts';
import { Store } from '../state/store.ts';
import { ApiFailure, request, wordsOf } from './client.ts';

const KEY = 'toaster.token';

/** Whether this page may change anything, and if not, what to say. */
export interface Permission {
  may: boolean;
  /** Null while it may, or while that is being found out. */
  why: string | null;
}

const READ_ONLY: Permission = {
  may: false,
  why: 'To change things from this browser, run `ask --open`.',
};

/** The token, from wherever it comes: the app's preload, a one-time code in the address, or this tab's session. */
export class Access {
  readonly permission = new Store<Permission>({ may: false, why: null });
  readonly #shell: Shell | undefined;
  #token: string | null = null;

  constructor(shell: Shell | undefined) {
    this.#shell = shell;
  }

  /** Finds the token, and takes codes that come later: one may be pasted into the address of a page that only shows. */
  async open(): Promise<void> {
    window.addEventListener('hashchange', () => {
      const code = takeCode();
      if (code !== undefined) void this.#find(code);
    });
    await this.#find(takeCode());
  }

  async #find(code: string | undefined): Promise<void> {
    try {
      if (this.#shell) this.#take(await this.#shell.token());
      else if (code !== undefined) await this.#exchange(code);
      else this.#take(sessionStorage.getItem(KEY));
    } catch (error) {
      // A code that is no good takes nothing away from a page that has the token already.
      this.permission.change((before) => (before.may ? before : { may: false, why: wordsOf(error) }));
    }
  }

  /** A request that changes something. Throws as `request` does; a token that is no good any more is forgotten. */
  async send<T>(method: 'PUT' | 'POST', path: string, body?: unknown): Promise<T> {
    try {
      return await request<T>(path, {
        method,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#token ?? ''}` },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 401) this.#forget();
      throw error;
    }
  }

  async #exchange(code: string): Promise<void> {
    const { token } = await request<Session>('/api/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    });
    sessionStorage.setItem(KEY, token);
    this.#take(token);
  }

  #take(token: string | null): void {
    this.#token = token;
    this.permission.change(() => (token === null ? READ_ONLY : { may: true, why: null }));
  }

  #forget(): void {
    if (this.#shell) return;
    sessionStorage.removeItem(KEY);
    this.#take(null);
  }
}

/** The code in the address; it leaves there before anything else happens, so that it does not end in a bookmark. */
function takeCode(): string | undefined {
  const code = /^#code=([\w-]+)/.exec(location.hash)?.[1];
  if (code !== undefined) history.replaceState(null, '', location.pathname + location.search);
  return code;
}
