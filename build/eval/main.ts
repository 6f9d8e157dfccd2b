import { AnswersFile } from './answers-file.ts';
import { armsOf, WrongWish } from './arms.ts';
import { Toaster, Unreachable, urlFrom } from './client.ts';
import { HELP, type Options, readOptions } from './options.ts';
import { Progress } from './progress.ts';
import { ALL } from './questions/all.ts';
import { deal } from './questions/deal.ts';
import { report } from './report.ts';
import { type Plan, run, stepsLeft } from './run.ts';
import { collect } from './tally.ts';

/** `npm run eval:council`: does the council help? Answers in a file, progress on stderr, what was found on stdout. */

/** What it exits with: as `ask` does. */
const EXIT = { wish: 2, unreachable: 3, interrupted: 130 } as const;

async function main(options: Options): Promise<void> {
  const toaster = new Toaster(urlFrom(process.env));
  const arms = armsOf(await toaster.models(), options);
  const plan: Plan = { questions: deal(ALL, options.seed).slice(0, options.questions), arms };
  const file = new AnswersFile(options.file);
  const steps = stepsLeft(plan, file);
  console.error(arms.map(({ role, model, madeOf }) => `${role.padEnd(8)}  ${model}: ${madeOf}`).join('\n'));
  console.error(
    steps.length > 0
      ? `${steps.length} answers to ask for; each is kept in ${file.path}\n`
      : `All answers are in ${file.path} already.\n`,
  );
  const progress = new Progress(process.stderr, plan.questions, steps);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  let ended: string | null = null;
  try {
    await run(steps, toaster, file, progress, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted && !(error instanceof Unreachable)) throw error;
    ended = error instanceof Unreachable ? error.message : 'Interrupted.';
    process.exitCode = stop.signal.aborted ? EXIT.interrupted : EXIT.unreachable;
  } finally {
    progress.end();
  }
  console.log(report(collect(plan, file)));
  if (ended !== null) console.error(`${ended} To go on: ${commandOf(options, plan)}`);
}

/** The same again, whatever the defaults are then. */
function commandOf({ questions, seed, file, chairman }: Options, { arms }: Plan): string {
  const named = arms.filter(({ role }) => role !== 'chairman').map(({ role, model }) => `--${role} ${model}`);
  const words = [...named, ...(chairman ? [] : ['--no-chairman'])];
  const path = /[^\w./-]/.test(file) ? `'${file}'` : file;
  return `npm run eval:council -- ${words.join(' ')} --questions ${questions} --seed ${seed} --json ${path}`;
}

try {
  // npm goes to the top of the repository, and says from where.
  const from = process.env.INIT_CWD ?? process.cwd();
  const options = readOptions(process.argv.slice(2), from, new Date());
  if (options.help) process.stdout.write(HELP);
  else await main(options);
} catch (error) {
  const told = error instanceof WrongWish || error instanceof Unreachable || isSystems(error);
  if (!told) throw error;
  console.error(error.message);
  process.exitCode = error instanceof Unreachable ? EXIT.unreachable : EXIT.wish;
}

/** The file cannot be read or written: the system's words say which, and why. */
function isSystems(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
