/**
 * One thing that was looked at. `hint` is advice for a machine on which nothing is the matter, `warn` is worth knowing,
 * `wrong` keeps something from working.
 */
export interface Finding {
  check: string;
  state: 'ok' | 'hint' | 'warn' | 'wrong' | 'unknown';
  /** One sentence. */
  says: string;
  /** The command that mends it, as it is to be typed; null where none does. */
  mend: string | null;
}

/** What a check finds, without its name. */
export type Found = Omit<Finding, 'check'>;

export const ok = (says: string): Found => ({ state: 'ok', says, mend: null });
export const hint = (says: string, mend: string | null): Found => ({ state: 'hint', says, mend });
export const warn = (says: string, mend: string | null): Found => ({ state: 'warn', says, mend });
export const wrong = (says: string, mend: string | null): Found => ({ state: 'wrong', says, mend });
export const unknown = (says: string, mend: string | null = null): Found => ({
  state: 'unknown',
  says,
  mend,
});

/** A path or any other text as one word of a shell's command line. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
