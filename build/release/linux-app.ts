import { readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pack } from '../pack.ts';
import { electronDist } from '../run-app.ts';
import { archive } from './portable.ts';

/** The app for this Linux as an archive, where an Electron is at hand; its path, or a sentence that says why not. */
export async function linuxApp(
  scratch: string,
  into: string,
  version: string,
): Promise<string | { why: string }> {
  const { platform, arch } = process;
  if (platform === 'darwin') return { why: 'on a Mac build/release/mac.sh makes it, signed' };
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64'))
    return { why: `it is not packed for ${platform} on ${arch}` };
  const dist = electronDist();
  if (dist === null) return { why: 'there is no Electron here; ELECTRON_OVERRIDE_DIST_PATH can name one' };
  await pack({
    target: { platform, arch },
    dirOnly: true,
    out: scratch,
    electronDist: dist,
    electronVersion: readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, ''),
  });
  const name = `toaster-app-${version}-linux-${arch}`;
  const folder = join(scratch, name);
  rmSync(folder, { recursive: true, force: true });
  renameSync(join(scratch, 'packed', `linux-${arch}`, 'linux-unpacked'), folder);
  return archive(folder, join(into, `${name}.tar.gz`));
}
