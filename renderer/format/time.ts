import { UNKNOWN } from './bytes.ts';
import { lazily } from './lazily.ts';

/** How long something took: `3 ms`, `1.3 s`, `48 s`, `2 min 5 s`. */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return UNKNOWN;
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** How long something still stays: `45 s`, `14 min`, `3 h`. */
export function left(seconds: number): string {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** How long ago, both in seconds since 1970: `just now`, `40 s ago`, `3 h ago`, `5 days ago`. */
export function ago(ts: number, now: number): string {
  const past = now - ts;
  if (past < 5) return 'just now';
  if (past < 86_400 * 1.5) return `${left(past)} ago`;
  return `${Math.round(past / 86_400)} days ago`;
}

const TIME: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
const dayAndTime = lazily(
  () => new Intl.DateTimeFormat('en-GB', { ...TIME, day: 'numeric', month: 'short' }),
);
const inFull = lazily(() => new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }));
const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** When it was, seconds since 1970: the time today, with the day before that. */
export function clock(ts: number, now: number): string {
  const date = new Date(ts * 1000);
  const today = date.toDateString() === new Date(now * 1000).toDateString();
  if (!today) return dayAndTime().format(date);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
}

/** Day and time in full. */
export function moment(ts: number): string {
  return inFull().format(new Date(ts * 1000));
}
