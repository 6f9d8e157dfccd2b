import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An Electron to run an unpacked app with: the command, and the arguments that come before all others. The usual Electron
 * takes the app's folder as an argument; one without its default app wants it at `resources/app`, so a folder of links is
 * made for it in `scratch`.
 */
export function electronFor(
  electronDist: string,
  app: string,
  scratch: string,
): { command: string; args: string[] } {
  const onMac = process.platform === 'darwin';
  const command = join(electronDist, onMac ? 'Electron.app/Contents/MacOS/Electron' : 'electron');
  if (onMac || existsSync(join(electronDist, 'resources', 'default_app.asar')))
    return { command, args: [app] };
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(join(scratch, 'resources'), { recursive: true });
  symlinkSync(app, join(scratch, 'resources', 'app'));
  for (const name of readdirSync(electronDist)) {
    if (name === 'resources') continue;
    const [from, to] = [join(electronDist, name), join(scratch, name)];
    // The program looks for the rest beside where it really is, so it alone may not be a symbolic link.
    if (name === 'electron') hardLink(from, to);
    else symlinkSync(from, to);
  }
  return { command: join(scratch, 'electron'), args: [] };
}

function hardLink(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // On another file system it is a copy.
    cpSync(from, to);
  }
}
