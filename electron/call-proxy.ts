import http from 'node:http';

interface Call {
  method: 'GET' | 'PUT' | 'POST';
  path: string;
  token?: string;
  body?: object;
}

const PATIENCE_MS = 10_000;

/** A small JSON answer of the proxy's own API. Rejects with the proxy's sentence when it refuses. */
export function callProxy(url: string, { method, path, token, body }: Call): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    };
    const request = http.request(new URL(path, url), { method, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      response.once('error', reject);
      response.once('end', () => {
        const status = response.statusCode ?? 0;
        if (status >= 200 && status < 300) resolve(text === '' ? null : JSON.parse(text));
        else reject(new Error(sentenceIn(text) ?? `Toaster said ${status} to ${method} ${path}`));
      });
    });
    request.setTimeout(PATIENCE_MS, () => request.destroy(new Error(`Toaster does not answer at ${url}`)));
    request.once('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

function sentenceIn(text: string): string | null {
  try {
    const body = JSON.parse(text) as { error?: { message?: unknown } };
    return typeof body.error?.message === 'string' ? body.error.message : null;
  } catch {
    // Whoever answers with something else than JSON has no sentence for a person.
    return null;
  }
}
