import { isCouncil } from '../config/schema.ts';
import { EXIT, type LogLine, type RequestFilter } from '../contract.ts';
import { ApiError, messageOf } from '../errors.ts';
import { jsonLine } from '../json-line.ts';
import { isFailed } from '../telemetry/kinds-of-line.ts';
import { isWanted, parsePlace, REQUEST_FILTERS, requestsPage } from '../telemetry/requests-page.ts';
import type { AskCall } from './call.ts';
import { took } from './columns.ts';
import { harmless } from './harmless.ts';
import { type AskWords, UsageError } from './parse-args.ts';

const DEFAULT_LINES = 20;
const MOST_LINES = 10_000;
const PAGE = 500;

/** What `ask --log` is to show: so many lines, of a kind, with these words in them. */
export interface LogQuestion {
  lines: number;
  filter: RequestFilter;
  /** Lower case; '' finds everything. */
  words: string;
  follow: boolean;
  json: boolean;
}

/** Reads `ask --log [N] [WORDS]`. Throws `UsageError`. */
export function logQuestion({ flags, prompt }: AskWords): LogQuestion {
  // A number alone is one; `9b` is a word.
  const [, number, words = ''] = /^\s*(?:(\d+)(?=\s|$))?(.*)$/s.exec(prompt) ?? [];
  const lines = number === undefined ? DEFAULT_LINES : Number(number);
  const follow = flags.has('follow');
  if (lines === 0 && !follow) throw new UsageError('--log 0 shows nothing; with -f it shows what comes.');
  if (lines > MOST_LINES) throw new UsageError(`--log shows up to ${MOST_LINES} lines; jq reads the rest.`);
  const only = flags.get('only') ?? 'all';
  const filter = REQUEST_FILTERS.find((one) => one === only);
  if (!filter) throw new UsageError(`--only ${only} is none of ${REQUEST_FILTERS.join(', ')}.`);
  return {
    lines,
    filter,
    words: words.trim().toLowerCase(),
    follow,
    json: flags.has('json'),
  };
}

/** `ask --log`: the newest lines, the last one below; with `--follow` also those that come, until the client leaves. */
export async function answerLog({ service, exchange, words, res, notes }: AskCall): Promise<void> {
  const question = logQuestion(words);
  const { models } = exchange.live.config;
  const isCouncilName = (name: string): boolean => {
    const model = models[name];
    return model !== undefined && isCouncil(model);
  };
  const query = { ...question, isCouncil: isCouncilName };
  // Before the file is read: a line that comes meanwhile is told twice rather than never.
  const missed: LogLine[] = [];
  let tell = (line: LogLine): void => void missed.push(line);
  const unlisten = service.parts.requests.listen(({ line }) => {
    if (isWanted(line, query)) tell(line);
  });
  res.once('close', unlisten);
  const shown = await newest(service.parts.log.file, query).catch(unreadable(service.parts.log.file));
  const text = (lines: readonly LogLine[]): string => lines.map((line) => row(line, question.json)).join('');
  if (!question.follow) {
    unlisten();
    exchange.told(EXIT.answered);
    res.set('Content-Type', 'text/plain; charset=utf-8');
    notes.end(EXIT.answered, shown.length === 0 && !question.json ? none(question) : text(shown));
    return;
  }
  res.once('close', () => exchange.told(EXIT.interrupted));
  res.set('Content-Type', 'text/plain; charset=utf-8');
  notes.intoHeaders(EXIT.answered);
  res.flushHeaders();
  const known = new Set(shown.map(({ request_id }) => request_id));
  res.write(text([...shown, ...missed.filter(({ request_id }) => !known.has(request_id))]));
  tell = (line) => void res.write(text([line]));
}

function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    throw new ApiError(500, `The log ${file} cannot be read (${messageOf(error)}); ask --doctor looks why.`, {
      code: 'log_unreadable',
    });
  };
}

/** Oldest first. */
async function newest(
  file: string,
  query: LogQuestion & { isCouncil: (model: string) => boolean },
): Promise<LogLine[]> {
  const found: LogLine[] = [];
  let before: string | null = null;
  while (found.length < query.lines) {
    const limit = Math.min(PAGE, query.lines - found.length);
    const place = before === null ? null : parsePlace(before);
    const page = await requestsPage(file, { ...query, before: place, limit });
    found.push(...page.requests);
    before = page.next;
    if (before === null) break;
  }
  return found.reverse();
}

function none({ filter, words }: LogQuestion): string {
  if (filter === 'all' && words === '') return 'No request yet.\n';
  const [only, has] = [filter === 'all' ? '' : `${filter} `, words === '' ? '' : ` with "${words}" in it`];
  return `No ${only}request${has}.\n`;
}

function row(line: LogLine, json: boolean): string {
  if (json) return jsonLine(line);
  const { ts, model, served_by, latency_s, ttft_s, source } = line;
  const who = line.demoted ? `${model} → ${served_by}` : (model ?? 'no proxy');
  const first = typeof ttft_s === 'number' && !line.cache_hit ? `first ${took(ttft_s)}` : '';
  const cells = [clock(ts), who.padEnd(22), took(latency_s).padStart(7), first.padEnd(12), source.padEnd(6)];
  return `${harmless(`${cells.join('  ')}  ${mark(line)}`.trimEnd())}\n`;
}

function mark(line: LogLine): string {
  if (isFailed(line)) return `failed: ${(line.error ?? `exit code ${line.exit_code}`).split('\n')[0]}`;
  if (line.exit_code === EXIT.interrupted) return 'interrupted';
  if (line.exit_code !== EXIT.answered) return `refused: ${(line.error ?? '').split('\n')[0]}`;
  if (line.demoted) return `demoted: ${line.degraded_reason ?? 'no reason given'}`;
  if (line.cache_hit) return 'cached';
  return line.finish === 'length' ? 'cut' : '';
}

/** This machine's time: a person compares it with the clock on the wall. */
function clock(ts: number): string {
  const at = new Date(ts * 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}
