import { VERSION } from '../version.ts';
import type { Machine } from './machine.ts';
import { NoServices } from './plan-for.ts';
import { readWords } from './read-words.ts';
import { installService, printService, uninstallService } from './service.ts';
import { usageText } from './usage.ts';

/** Does what the words after `toaster` say; the exit code: 0, 1 failed, 2 usage. */
export async function runWords(words: readonly string[], machine: Machine): Promise<number> {
  const read = readWords(words);
  if (read.kind === 'wrong') {
    machine.complain(`toaster: ${read.why}\n\n${usageText()}`);
    return 2;
  }
  if (read.kind === 'help') machine.say(usageText());
  else if (read.kind === 'version') machine.say(`toaster ${VERSION}`);
  else
    try {
      if (read.print) return await printService(machine, read.verb);
      return await (read.verb === 'install' ? installService : uninstallService)(machine);
    } catch (error) {
      if (!(error instanceof NoServices) && !(error instanceof Error && 'code' in error)) throw error;
      // A folder that cannot be written, or a platform without services: the message is all that helps.
      machine.complain(`toaster: ${error.message}`);
      return 1;
    }
  return 0;
}
