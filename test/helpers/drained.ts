import type { Writable } from 'node:stream';

/** Resolves when a stream takes more, or is gone. It leaves no listener behind, however often it is asked. */
export function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    if (stream.destroyed) resolve();
    else stream.on('drain', done).on('close', done);
  });
}
