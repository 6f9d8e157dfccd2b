import { statOrNull } from '../../telemetry/rotate.ts';
import { type Found, ok, warn, wrong } from '../finding.ts';
import type { Check } from '../tools.ts';
import { lastLines } from './log.ts';

/** There was no Toaster before. */
const BEGINNING_S = Date.UTC(2026, 0) / 1000;
/** Clocks that are set by the network are that exact. */
const SLACK_S = 120;

/** Whether the clock can be right: the cache's age, the log and the statistics follow it. */
export const checkClock: Check = async ({ wall, paths, platform }) => {
  const now = wall();
  const mend = platform === 'darwin' ? 'sudo sntp -sS time.apple.com' : 'sudo timedatectl set-ntp true';
  const at = new Date(now * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const findings: Found[] = [];
  if (now < BEGINNING_S) findings.push(wrong(`it cannot be ${at} UTC`, mend));
  const newest = statOrNull(paths.log) ? (await lastLines(paths.log)).newest : 0;
  if (newest > now + SLACK_S) {
    const ahead = Math.round((newest - now) / 60);
    findings.push(warn(`the log has a line from ${ahead} min in the future: the clock was set back`, mend));
  }
  return findings.length > 0 ? findings : [ok(`${at} UTC`)];
};
