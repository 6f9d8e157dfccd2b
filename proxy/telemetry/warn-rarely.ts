/** Seconds. */
const QUIET = 3600;

/** Passes on the first warning, and then at most one an hour: a full disk must not fill the screen as well. */
export function warnRarely(warn: (message: string) => void, now: () => number): (message: string) => void {
  let warnedAt = Number.NEGATIVE_INFINITY;
  return (message) => {
    // A clock that was set back must not silence them until it is there again.
    if (Math.abs(now() - warnedAt) < QUIET) return;
    warnedAt = now();
    warn(message);
  };
}
