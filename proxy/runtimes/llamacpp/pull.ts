import { basename, relative } from 'node:path';
import { EXIT } from '../../contract.ts';
import { ApiError } from '../../errors.ts';
import { download } from '../../pull/download.ts';
import { fetchVerified } from '../../pull/fetch-verified.ts';
import type { PullProgress, Weights } from '../types.ts';

/** Fetches a GGUF from the source that the config names for it, into the models folder. Throws `ApiError`. */
export async function pullFile(
  { id, source }: Weights,
  folder: string,
  file: string,
  tell: (progress: PullProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  // A file of another name than the built-in one keeps its source in the merged config, and is not what that has.
  if (!source || basename(new URL(source.url).pathname) !== basename(file))
    throw new ApiError(
      400,
      `Nobody knows where ${id} comes from: put the GGUF at ${file}, or give its weights a \`source\` in the config.`,
      { code: 'no_source', exit: EXIT.failed },
    );
  // A command that fetches from the network overwrites nothing elsewhere.
  if (relative(folder, file).startsWith('..'))
    throw new ApiError(
      400,
      `Only what belongs into ${folder} is fetched; put the GGUF of ${id} at ${file}.`,
      {
        code: 'not_in_models_folder',
        exit: EXIT.failed,
      },
    );
  const way = {
    name: new URL(source.url).host,
    fetch: (part: string, stop: AbortSignal) =>
      download(source.url, part, (total) => ({ show: (bytes) => tell({ bytes, total }) }), stop),
  };
  const fetched = await fetchVerified({ target: file, ...source }, [way], signal);
  if (fetched.state === 'stopped') signal.throwIfAborted();
  if (fetched.state === 'busy')
    throw new ApiError(409, `Another process is fetching ${file} right now; wait for it.`, {
      code: 'busy',
      exit: EXIT.failed,
    });
  if (fetched.state === 'failed')
    throw new ApiError(502, `${id} could not be fetched (${fetched.reasons.join('; ')}). Try once more.`, {
      code: 'pull_failed',
    });
}
