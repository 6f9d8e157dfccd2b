import type { Request, Response } from 'express';
import { withDeadline } from '../chain/with-deadline.ts';
import type { Config } from '../config/schema.ts';
import { EXIT, type ExitCode, HEADERS } from '../contract.ts';
import { ApiError } from '../errors.ts';
import { asApiError } from '../http/conduct.ts';
import { findModel } from '../http/models.ts';
import { readBody } from '../http/read-body.ts';
import type { Exchange, Service } from '../service.ts';
import { promptFacts } from '../telemetry/prompt.ts';
import type { AskCall } from './call.ts';
import { runCommand } from './commands.ts';
import { answerDoctor } from './doctor.ts';
import { FLAGS } from './flags.ts';
import { harmless } from './harmless.ts';
import { helpText } from './help.ts';
import { receiptWriter } from './json-writer.ts';
import { answerLog } from './log.ts';
import { Notes } from './notes.ts';
import { type AskWords, parseAskArgs, UsageError } from './parse-args.ts';
import { answerPull } from './pull.ts';
import { answerStats } from './stats.ts';
import type { StderrStreams } from './stderr-streams.ts';
import { answerStress } from './stress.ts';
import { textWriter } from './text-writer.ts';
import { type AskInput, type AskQuestion, toQuestion } from './to-request.ts';

/** Flags whose answer is written as it comes. */
const LONG: Record<string, (call: AskCall) => Promise<void>> = {
  stress: answerStress,
  doctor: answerDoctor,
  pull: answerPull,
  stats: answerStats,
  log: answerLog,
};

/** Members' answers are too long for headers, so a client of its own has to read the stream as the shim does. */
const NOWHERE_TO_SHOW =
  "--show needs a stream for stderr: post `stream=ID` and read /ask/ID/stderr, as ask does; --json has members' answers without.";

/** `POST /ask`: the command line of the shim as a form, its stdout as the body, its exit code and stderr in headers. */
export async function handleAsk(
  service: Service,
  streams: StderrStreams,
  req: Request,
  res: Response,
): Promise<void> {
  const exchange = service.begin('ask', req.headers);
  let form: URLSearchParams;
  try {
    form = new URLSearchParams((await readBody(req, res, service.parts.bodyIdleMs)).toString('utf8'));
  } catch (error) {
    return refuse(exchange, asApiError(error), res, new Notes(res, null));
  }
  // A stream of its own even where stderr is no terminal: members' answers are too long for headers.
  const live = form.get('live') ?? form.get('stream');
  const notes = new Notes(res, live === null ? null : streams.open(live), form.has('live'));
  res.once('close', () => notes.abandon());
  const { config } = exchange.live;
  let words: AskWords | undefined;
  let question: AskQuestion;
  try {
    words = parseAskArgs(form.getAll('a'), Object.keys(config.tiers));
    exchange.command = commandOf(words);
    const long = words.flags.has('help') ? undefined : words.flags.keys().find((name) => LONG[name]);
    if (long !== undefined) return await LONG[long]?.({ service, exchange, words, form, res, notes });
    const told = await runCommand(service, words, form, config, portOf(req));
    if (told !== null) {
      // The shim opens it where somebody sits in front of a screen.
      if (words.flags.has('open') && form.has('terminal')) res.set(HEADERS.open, told.trimEnd());
      return tell(exchange, notes, res, EXIT.answered, told);
    }
    const input = { stdin: form.get('i') ?? '', schema: form.get('schema') };
    if (form.getAll('a').length === 0 && input.stdin.trim() === '') {
      for (const line of helpText(config).trimEnd().split('\n')) notes.line(line);
      return tell(exchange, notes, res, EXIT.usage, '');
    }
    question = questionOf(service, form.get('shell'), words, input, config);
    if (question.show && !question.json && !notes.live) throw new UsageError(NOWHERE_TO_SHOW);
  } catch (error) {
    const wrong =
      error instanceof UsageError ? new ApiError(400, error.message, { code: 'usage' }) : asApiError(error);
    return refuse(exchange, wrong, res, notes);
  }
  await answer(exchange, question, res, notes, form);
}

/** The flag that makes it something else than a question to a model; null: it is one. */
function commandOf({ flags }: AskWords): string | null {
  return FLAGS.find(({ name, command }) => command && flags.has(name))?.name ?? null;
}

/** The question of the words, or the last one once more. Throws `UsageError`. */
function questionOf(
  { lastQuestions: last, parts }: Service,
  terminal: string | null,
  words: AskWords,
  input: AskInput,
  config: Config,
): AskQuestion {
  // As the config says now: what is turned off while a question is on its way is not remembered either.
  if (parts.live.current.config.history === 'off') {
    if (words.flags.has('again'))
      throw new UsageError('Nothing is remembered to ask again: the config says history: off.');
    return toQuestion(words, input, config);
  }
  const asked = words.flags.has('again') ? last.recall(terminal, words, input) : { words, input };
  const question = toQuestion(asked.words, asked.input, config);
  last.remember(terminal, asked.words, asked.input);
  return question;
}

/** The port under which the client knows this proxy; a tunnel may have another one than the proxy itself. */
const portOf = (req: Request): string => /:(\d{1,5})$/.exec(req.get('host') ?? '')?.[1] ?? '80';

async function answer(
  exchange: Exchange,
  question: AskQuestion,
  res: Response,
  notes: Notes,
  form: URLSearchParams,
): Promise<void> {
  const terminal = form.has('terminal');
  // The asks of one shell are one client's: those of a loop over many files, too.
  const from = { client: `ask ${form.get('shell')}`, watched: terminal || form.has('live') };
  const request = { ...question.request, id: exchange.id, from };
  exchange.receipt.asked(request.model, promptFacts(request.messages));
  const writer = question.json
    ? receiptWriter(res, exchange.now, notes)
    : textWriter(res, exchange.now, notes, { ...question, terminal });
  const model = findModel(exchange.live, request.model);
  await exchange.serve(model, request, res, writer, (complete) => withDeadline(complete, question.timeoutS));
}

function refuse(exchange: Exchange, error: ApiError, res: Response, notes: Notes): Promise<void> {
  const options = { terminal: false, why: false, thinkOut: false, show: false };
  return exchange.refuse(error, res, textWriter(res, exchange.now, notes, options));
}

/** Help and the version: no question, and yet a line in the log, as every ask has one. */
function tell(exchange: Exchange, notes: Notes, res: Response, exit: ExitCode, text: string): void {
  exchange.told(exit);
  res.set('Content-Type', 'text/plain; charset=utf-8');
  // Names in it may be a runtime's or a client's.
  notes.end(exit, harmless(text));
}
