import http from 'node:http';
import type { Health } from './contract.ts';

/** Who has a port on 127.0.0.1. */
export type Listener =
  | { kind: 'nobody' }
  | { kind: 'toaster'; version: string; pid: number }
  | { kind: 'stranger' };

/** Long enough for a busy machine; a stranger who says nothing is one all the same. */
const PATIENCE_MS = 2000;
const MOST_READ = 10_000;

/** Asks the port who it is. Never rejects. */
export function whoListens(port: number): Promise<Listener> {
  return new Promise((resolve) => {
    const request = http.get({ host: '127.0.0.1', port, path: '/health', agent: false }, (response) => {
      let text = '';
      const judge = (): void => resolve(toasterIn(text) ?? { kind: 'stranger' });
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
        if (text.length > MOST_READ) request.destroy();
      });
      response.once('end', judge).once('error', judge).once('close', judge);
    });
    const silent = setTimeout(() => request.destroy(new Error('silent')), PATIENCE_MS);
    request.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ kind: error.code === 'ECONNREFUSED' ? 'nobody' : 'stranger' }),
    );
    request.once('close', () => clearTimeout(silent));
  });
}

function toasterIn(text: string): Listener | null {
  const health = jsonOrNull(text) as Partial<Health> | null;
  const { name, version, pid } = health ?? {};
  if (name !== 'toaster' || typeof version !== 'string' || typeof pid !== 'number') return null;
  return { kind: 'toaster', version, pid };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON is no Toaster.
    return null;
  }
}
