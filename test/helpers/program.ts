import { onTestFinished } from 'vitest';
import { type Program, spawnProgram } from './spawn-program.ts';
import { tempFolder } from './temp-folder.ts';

export { listening, type Program } from './spawn-program.ts';

/** Runs the program on a free port with files of its own, until the test ends. `umask` is what the person's shell has set. */
export function startProgram(env: Record<string, string> = {}, umask = '022'): Program {
  const program = spawnProgram(tempFolder(), env, umask);
  onTestFinished(async () => {
    program.child.kill('SIGKILL');
    await program.exit;
  });
  return program;
}
