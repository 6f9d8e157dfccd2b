import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AsAdministrator } from './install-ask.ts';

/** macOS asks for the password in a dialog of its own; elsewhere there is sudo, which a person runs. */
export const asAdministrator: AsAdministrator = async (script) => {
  if (process.platform !== 'darwin')
    throw new Error(`This needs more rights. In a terminal: sudo sh -c "${script}"`);
  const text = script.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
  try {
    await promisify(execFile)('osascript', ['-e', `do shell script "${text}" with administrator privileges`]);
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    // -128: the person pressed Cancel.
    throw new Error(said.includes('-128') ? 'Nothing was changed: no password was given.' : said.trim());
  }
};
