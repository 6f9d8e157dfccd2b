import { codePoints, promptFacts } from '../../proxy/telemetry/prompt.ts';
import type { LogLine } from '../helpers/toaster.ts';
import type { Heard } from './client.ts';
import type { Verdict } from './judge.ts';
import { COUNCIL, type Planned } from './plan.ts';

/** A request that is over. */
export interface Ended {
  planned: Planned;
  heard: Heard;
  /** Null where something was wrong. */
  verdict: Verdict | null;
}

/** What is wrong in the log, with the request that it is about; nothing when it has one line for each, and they are true. */
export function checkLog(
  lines: readonly LogLine[],
  ended: readonly Ended[],
): { planned: Planned | null; what: string }[] {
  return [...countLines(lines, ended), ...checkFacts(lines, ended)];
}

/** One line for each request. One that was reset at once may have been lost on its way. */
function countLines(lines: readonly LogLine[], ended: readonly Ended[]): ReturnType<typeof checkLog> {
  const counts = new Map<string, { planned: Planned; least: number; most: number; lines: number }>();
  for (const { planned, heard } of ended) {
    const { hash } = promptFacts([{ role: 'user', text: planned.text }]);
    const count = counts.get(hash) ?? { planned, least: 0, most: 0, lines: 0 };
    const lost = heard.over === 'left' && heard.status === null && planned.leaves?.how === 'reset';
    counts.set(hash, { ...count, least: count.least + (lost ? 0 : 1), most: count.most + 1 });
  }
  const foreign: ReturnType<typeof checkLog> = [];
  for (const line of lines) {
    const count = counts.get(String(line.prompt_hash));
    if (count) count.lines += 1;
    else foreign.push({ planned: null, what: `a line of no request: ${JSON.stringify(line)}` });
  }
  const wrong = counts.values().filter(({ least, most, lines: n }) => n < least || n > most);
  return [
    ...foreign,
    ...wrong.map(({ planned, least, most, lines: n }) => ({
      planned,
      what: `${n} lines in the log for ${least === most ? most : `${least} to ${most}`} requests of this text`,
    })),
  ];
}

function checkFacts(lines: readonly LogLine[], ended: readonly Ended[]): ReturnType<typeof checkLog> {
  const byId = new Map(lines.map((line) => [line.request_id, line]));
  const twice = lines.length - byId.size;
  const wrong = ended.flatMap(({ planned, heard, verdict }) => {
    const id = heard.headers['x-request-id'];
    if (verdict === null || verdict.outcome === 'left' || typeof id !== 'string') return [];
    const line = byId.get(id);
    const differs = line === undefined ? 'nothing' : difference(line, planned, verdict);
    return differs === null ? [] : [{ planned, what: `the log says ${differs} of it` }];
  });
  return [...(twice > 0 ? [{ planned: null, what: `${twice} ids stand twice in the log` }] : []), ...wrong];
}

/** Where a line and what the client saw are not the same. */
function difference(line: LogLine, planned: Planned, verdict: Verdict): string | null {
  const { outcome, servedBy, finish, text } = verdict;
  if (line.model !== planned.model) return `model ${line.model}`;
  if (line.source !== planned.door) return `source ${line.source}`;
  if ((line.exit_code === 0) !== (outcome === 'answered')) return `exit_code ${line.exit_code}`;
  if (outcome !== 'answered') return line.finish === null ? null : `finish ${line.finish}`;
  if (line.served_by !== servedBy) return `served_by ${line.served_by}`;
  // A council is also demoted when it lost a member.
  if (planned.model !== COUNCIL && line.demoted !== (servedBy !== planned.model))
    return `demoted ${line.demoted}`;
  if (planned.door === 'api' && line.finish !== finish) return `finish ${line.finish}`;
  // The embedded engine's answers begin with a space.
  if (Math.abs(Number(line.response_chars) - codePoints(text)) > 1)
    return `response_chars ${line.response_chars}`;
  return null;
}
