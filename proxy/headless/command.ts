import { thisMachine } from './machine.ts';
import { runWords } from './run-words.ts';

/** `toaster` with words after it; without any, cli/start.cjs starts the program. */
runWords(process.argv.slice(2), thisMachine()).then((code) => {
  process.exitCode = code;
});
