import { createWriteStream, rmSync, statSync } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const HEADERS_WITHIN_MS = 15_000;
const SILENT_FOR_MS = 30_000;

/**
 * Downloads `url` into `part`, going on where an earlier try broke off when the server can do that. What has come stays
 * when it breaks off again. Throws when the server cannot be reached or does not have it.
 */
export async function download(
  url: string,
  part: string,
  progress: (total: number, from: number) => { show(bytes: number): void },
  signal: AbortSignal,
): Promise<void> {
  const have = statSync(part, { throwIfNoEntry: false })?.size ?? 0;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(new Error('the server does not answer')), HEADERS_WITHIN_MS);
  try {
    const headers = have > 0 ? { range: `bytes=${have}-` } : undefined;
    const response = await fetch(url, {
      ...(headers && { headers }),
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.status === 416) {
      // More was there than there is: nothing of it can be trusted.
      rmSync(part);
      throw new Error('the part that was there does not fit; it was removed');
    }
    if (!response.ok || !response.body) throw new Error(`the server said ${response.status}`);
    const from = response.status === 206 ? have : 0;
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    const shown = progress(from + length, from);
    let bytes = from;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(new Error('nothing came any more')), SILENT_FOR_MS);
        bytes += chunk.length;
        shown.show(bytes);
        done(null, chunk);
      },
    });
    await pipeline(
      Readable.fromWeb(response.body),
      count,
      createWriteStream(part, { flags: from > 0 ? 'a' : 'w', mode: 0o600 }),
    );
  } finally {
    clearTimeout(timer);
  }
}
