import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Json } from '../chat/types.ts';
import { ApiError } from '../errors.ts';
import { parseJson } from '../parse-json.ts';

/** Five megabytes of stdin, escaped three characters for one, and pictures fit; more is a mistake. */
const LIMIT_MB = 32;
const LIMIT = LIMIT_MB * 2 ** 20;

/**
 * The whole body. Throws `ApiError` 413 when it is too large, 415 when it is compressed, 408 when nothing more of it came
 * for `idleMs`, and 400 when the client went away. What is left of a refused body is thrown away by Node.
 */
export async function readBody(req: IncomingMessage, res: ServerResponse, idleMs: number): Promise<Buffer> {
  const { 'content-encoding': encoding, 'content-length': length } = req.headers;
  if (encoding !== undefined && encoding !== 'identity')
    throw new ApiError(415, 'Send the body as it is, without Content-Encoding.', {
      code: 'unsupported_encoding',
    });
  if (Number(length) > LIMIT) throw tooLarge();
  const pieces: Buffer[] = [];
  let bytes = 0;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const take = (piece: Buffer): void => {
    timer.refresh();
    bytes += piece.length;
    if (bytes > LIMIT) reject(tooLarge());
    else pieces.push(piece);
  };
  const gone = (): void => {
    // It closes after its end, too, and an error that nobody sees costs as much as one that is seen.
    if (!req.complete)
      reject(
        new ApiError(400, 'The connection broke off before the body was whole.', { code: 'broken_body' }),
      );
  };
  const idle = (): void => {
    // The next request on this connection would begin in the middle of this one.
    res.setHeader('Connection', 'close');
    reject(
      new ApiError(408, `Nothing more of the body came for ${idleMs / 1000} s; send the request again.`, {
        code: 'slow_body',
      }),
    );
  };
  // A timer of its own: Node moves the socket's at whatever happens there, and each request would pay for that.
  const timer = setTimeout(idle, idleMs);
  req.on('data', take).once('end', resolve).once('close', gone);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    req.off('data', take).off('end', resolve).off('close', gone);
  }
  const [first] = pieces;
  return pieces.length === 1 && first ? first : Buffer.concat(pieces, bytes);
}

/** The whole body as JSON. Throws as `readBody` and `parseJson` do. */
export async function readJson(req: IncomingMessage, res: ServerResponse, idleMs: number): Promise<Json> {
  const body = await readBody(req, res, idleMs);
  return parseJson(body.toString('utf8'), 'The body');
}

const tooLarge = (): ApiError =>
  new ApiError(413, `The body is larger than ${LIMIT_MB} MB.`, { code: 'too_large' });
