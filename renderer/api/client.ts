import type { ErrorBody } from '../../proxy/contract.ts';

/** What the proxy answered instead of what was asked for; the message says what to do next. */
export class ApiFailure extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
  }
}

/** A request to the page's own origin. Throws `ApiFailure` for an error, and what `fetch` throws when nobody is there. */
export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(path, init);
  if (!response.ok) throw new ApiFailure(await messageOf(response), response.status);
  return response.json();
}

/** A failure in words. */
export function wordsOf(error: unknown): string {
  if (error instanceof ApiFailure) return error.message;
  // The browser's own words for "nobody is there" differ and help nobody.
  if (error instanceof TypeError) return 'The proxy did not answer.';
  return error instanceof Error ? error.message : String(error);
}

async function messageOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const body: ErrorBody = JSON.parse(text);
    return body.error.message;
  } catch {
    return `The proxy answered with ${response.status}.`;
  }
}
