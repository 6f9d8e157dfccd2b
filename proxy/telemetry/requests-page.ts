import type { LogLine, RequestFilter, RequestsPage } from '../contract.ts';
import { isFailed, isRequest } from './kinds-of-line.ts';
import { linesBefore } from './lines-before.ts';
import { closeLogFiles, type LogFile, openLogFiles } from './log-files.ts';
import { parseLine } from './parse-line.ts';

/** A search that finds nothing stops after so many bytes and goes on with the next page, so that none takes long. */
const MOST_BYTES = 8 * 1024 * 1024;

/** A place in the log: what ends at or before `offset` of the file, and all older files. */
export interface LogPlace {
  file: string;
  offset: number;
}

export interface RequestsQuery {
  filter: RequestFilter;
  /** Lower case; '' finds everything. */
  words: string;
  /** Null: from the newest on. */
  before: LogPlace | null;
  limit: number;
  isCouncil(model: string): boolean;
}

/**
 * A page of the log that `file` names, newest first, read from the end. After a rotation it goes on where it was; where
 * the files it came from are gone, all older ones are, too. Throws what the file system says.
 */
export async function requestsPage(
  file: string,
  query: RequestsQuery,
  mostBytes = MOST_BYTES,
): Promise<RequestsPage & { read: number }> {
  const files = openLogFiles(file);
  try {
    const { before } = query;
    const at = before === null ? 0 : files.findIndex(({ id }) => id === before.file);
    const older = at < 0 ? [] : files.slice(at);
    return await collect(older, before?.offset ?? null, query, mostBytes);
  } finally {
    closeLogFiles(files);
  }
}

async function collect(
  files: LogFile[],
  offset: number | null,
  query: RequestsQuery,
  mostBytes: number,
): Promise<RequestsPage & { read: number }> {
  const requests: LogLine[] = [];
  let read = 0;
  for (const [index, file] of files.entries()) {
    let end = index === 0 && offset !== null ? Math.min(offset, file.size) : file.size;
    while (end > 0) {
      const block = await linesBefore(file, end);
      read += block.read;
      for (const { text, start } of block.lines) {
        end = start;
        const line = parseLine(text);
        if (line !== null && isWanted(line, query)) requests.push(line);
        if (requests.length === query.limit) break;
      }
      if (requests.length === query.limit || read >= mostBytes) break;
      end = block.start;
    }
    const more = end > 0 || index < files.length - 1;
    if (requests.length === query.limit || read >= mostBytes)
      return { requests, next: more ? placeText({ file: file.id, offset: end }) : null, read };
  }
  return { requests, next: null, read };
}

/** Whether a line is one that is looked for. */
export function isWanted(
  line: LogLine,
  { filter, words, isCouncil }: Pick<RequestsQuery, 'filter' | 'words' | 'isCouncil'>,
): boolean {
  return (
    isRequest(line) &&
    FILTERS[filter](line, isCouncil) &&
    (words === '' || textsOf(line).some((text) => has(text, words)))
  );
}

const has = (text: string | null | undefined, words: string): boolean =>
  text?.toLowerCase().includes(words) === true;

const FILTERS: Record<RequestFilter, (line: LogLine, isCouncil: (model: string) => boolean) => boolean> = {
  all: () => true,
  demoted: ({ demoted }) => demoted,
  failed: isFailed,
  cached: ({ cache_hit }) => cache_hit,
  council: ({ model }, isCouncil) => model !== null && isCouncil(model),
};
export const REQUEST_FILTERS = Object.keys(FILTERS) as RequestFilter[];

function textsOf(line: LogLine): (string | null | undefined)[] {
  const { model, served_by, source, degraded_reason, error, request_id, user, attempts = [] } = line;
  const reasons = attempts.map(({ reason }) => reason);
  return [model, served_by, source, degraded_reason, error, request_id, user, ...reasons];
}

/** A place as a text that says nothing to anybody else. */
export const placeText = ({ file, offset }: LogPlace): string => `${file}.${offset.toString(36)}`;

/** The place that a text names; null for a text that names none. */
export function parsePlace(text: string): LogPlace | null {
  const [, file, offset] = /^([0-9a-z]{1,16}-[0-9a-z]{1,7})\.([0-9a-z]{1,10})$/.exec(text) ?? [];
  return file === undefined || offset === undefined ? null : { file, offset: Number.parseInt(offset, 36) };
}
