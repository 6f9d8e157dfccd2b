import * as z from 'zod';
import { ApiError, messageOf } from '../../errors.ts';
import type { PullProgress, Weights } from '../types.ts';
import { errorText } from './failures.ts';
import { type OllamaHttp, readLines, readText } from './http.ts';

const CONNECT_S = 2;
/** While bytes are due; Ollama itself tries a part again that stalls for 5 s. */
const SILENT_MS = 60_000;

/** A line of `/api/pull`: an error, or a step with the bytes of the layer that it is about. */
const step = z.object({
  error: z.string().optional(),
  status: z.string().optional(),
  digest: z.string().optional(),
  total: z.number().optional(),
  completed: z.number().optional(),
});

/**
 * Has Ollama fetch a model; it goes on where it broke off by itself, and stops when the connection ends. Throws `ApiError`,
 * and `LinkFailure` when it does not answer.
 */
export async function pullModel(
  http: OllamaHttp,
  { name = '' }: Weights,
  tell: (progress: PullProgress) => void,
  signal: AbortSignal,
  silentMs = SILENT_MS,
): Promise<void> {
  const silence = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expectBytes = (due: boolean): void => {
    clearTimeout(timer);
    if (due) timer = setTimeout(() => silence.abort(), silentMs);
  };
  const layers = new Map<string, { total: number; completed: number }>();
  try {
    const response = await http.send({
      method: 'POST',
      path: '/api/pull',
      body: JSON.stringify({ model: name, stream: true }),
      connectS: CONNECT_S,
      signal: AbortSignal.any([signal, silence.signal]),
    });
    if (response.statusCode !== 200) throw refused(name, errorText(await readText(response)));
    for await (const lines of readLines(response))
      for (const line of lines) {
        const { error, status, digest, total, completed = 0 } = step.parse(JSON.parse(line));
        if (error !== undefined) throw refused(name, error);
        if (status === 'success') return;
        if (digest !== undefined && total !== undefined) layers.set(digest, { total, completed });
        const progress = sum([...layers.values()]);
        if (progress.total > 0) tell(progress);
        // It checks sums for minutes without a word, once all bytes are there.
        expectBytes(progress.bytes < progress.total);
      }
    throw refused(name, 'Ollama ended without saying that it is done');
  } catch (error) {
    if (signal.aborted || !silence.signal.aborted) throw error;
    throw refused(name, `nothing came for ${silentMs / 1000} s (${messageOf(error)})`);
  } finally {
    clearTimeout(timer);
  }
}

function sum(layers: { total: number; completed: number }[]): PullProgress {
  return {
    bytes: layers.reduce((all, { completed }) => all + completed, 0),
    total: layers.reduce((all, { total }) => all + total, 0),
  };
}

const refused = (name: string, why: string): ApiError =>
  new ApiError(502, `Ollama could not fetch ${name}: ${why}. What has come is kept; the next try goes on.`, {
    code: 'pull_failed',
  });
