import { accessSync, constants } from 'node:fs';
import { messageOf } from '../../errors.ts';
import { linesBefore } from '../../telemetry/lines-before.ts';
import { closeLogFiles, type LogFile, openLogFiles } from '../../telemetry/log-files.ts';
import { parseLine } from '../../telemetry/parse-line.ts';
import { statOrNull } from '../../telemetry/rotate.ts';
import { type Found, ok, quoted, warn, wrong } from '../finding.ts';
import type { Check } from '../tools.ts';

const LINES = 1000;
/** More than this share of torn or foreign lines is somebody's fault. */
const TORN = 0.01;
/** The log is rotated at 64 MiB; one that is larger could not be. */
const LARGE_BYTES = 80 * 1024 * 1024;

/** Whether the log can be written and rotated, and whether what it holds can be read. */
export const checkLog: Check = async ({ paths: { log } }) => {
  const stats = statOrNull(log);
  if (stats === null) return [ok('empty: nothing has been asked yet')];
  const findings: Found[] = [];
  try {
    accessSync(log, constants.W_OK);
  } catch (error) {
    findings.push(wrong(`${log} cannot be written (${messageOf(error)})`, `chmod 600 ${quoted(log)}`));
  }
  const size = `${(stats.size / 1e6).toFixed(1)} MB`;
  if (stats.size > LARGE_BYTES)
    findings.push(warn(`${log} is ${size} and was not rotated`, `mv ${quoted(log)} ${quoted(`${log}.1`)}`));
  const { read, torn, ends } = await lastLines(log);
  if (torn > Math.max(1, read * TORN))
    findings.push(
      warn(
        `${torn} of the last ${read} lines are torn or another program's; they are passed over`,
        `tail -n ${LINES} ${quoted(log)} | jq -cR 'select((fromjson? // null) == null)'`,
      ),
    );
  if (!ends) findings.push(warn('the last line is torn; the next one begins anew', `echo >>${quoted(log)}`));
  return findings.length > 0 ? findings : [ok(`${size}, the last ${read} lines are whole`)];
};

/** Of the last lines: how many there are, how many are no lines of a log, and whether the last one is whole. */
export async function lastLines(
  log: string,
): Promise<{ read: number; torn: number; ends: boolean; newest: number }> {
  const files = openLogFiles(log);
  try {
    const [file] = files;
    if (!file) return { read: 0, torn: 0, ends: true, newest: 0 };
    const texts = await newestTexts(file);
    const lines = texts.filter((text) => text.trim() !== '').map(parseLine);
    return {
      read: lines.length,
      torn: lines.filter((line) => line === null).length,
      ends: texts[0]?.endsWith('\n') ?? true,
      newest: Math.max(0, ...lines.map((line) => line?.ts ?? 0)),
    };
  } finally {
    closeLogFiles(files);
  }
}

async function newestTexts(file: LogFile): Promise<string[]> {
  const texts: string[] = [];
  for (let end = file.size; end > 0 && texts.length < LINES; ) {
    const { lines, start } = await linesBefore(file, end);
    texts.push(...lines.map(({ text }) => text));
    if (start >= end) break;
    end = start;
  }
  return texts.slice(0, LINES);
}
