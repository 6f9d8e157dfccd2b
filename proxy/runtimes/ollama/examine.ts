import * as z from 'zod';
import { type Found, ok, warn, wrong } from '../../doctor/finding.ts';
import { LinkFailure } from '../../errors.ts';
import type { Examination } from '../types.ts';
import type { OllamaHttp } from './http.ts';
import { readServer } from './server-environment.ts';
import { judgeSettings } from './settings.ts';

const LIMIT_S = 2;
/** Since then each model has a process of its own, whose memory can be measured. */
const OLDEST = { major: 0, minor: 30 };
const versionAnswer = z.object({ version: z.string() });

/** Whether Ollama answers, how old it is, and how its server is set up. */
export async function examineOllama(
  http: OllamaHttp,
  url: string,
  { platform, cramped, signal }: Examination,
): Promise<Found[]> {
  let version: string;
  try {
    version = versionAnswer.parse(await http.getJson('/api/version', LIMIT_S)).version;
  } catch (error) {
    if (!(error instanceof LinkFailure)) throw error;
    return [wrong(error.message, platform === 'darwin' ? 'open -a Ollama' : 'ollama serve')];
  }
  const server = await readServer(url, platform, signal);
  return [judgeVersion(version, url, platform), ...judgeSettings(server, platform, cramped)];
}

function judgeVersion(version: string, url: string, platform: NodeJS.Platform): Found {
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(version) ?? [];
  // 0.0.0 is what somebody built at home.
  const known = major !== undefined && !version.startsWith('0.0.');
  if (!known || Number(major) > OLDEST.major || Number(minor) >= OLDEST.minor)
    return ok(`version ${version} at ${url}`);
  return warn(
    `version ${version} is older than ${OLDEST.major}.${OLDEST.minor}: what its models take cannot be measured`,
    platform === 'darwin' ? 'brew upgrade ollama' : 'curl -fsSL https://ollama.com/install.sh | sh',
  );
}
