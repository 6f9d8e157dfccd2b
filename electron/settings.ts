import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { AppSettings, TrayTitle } from '../proxy/contract.ts';

/** What the app keeps for itself: its settings, and the port that was chosen when a stranger had the usual one. */
export interface Kept extends AppSettings {
  port: number | null;
}

/** A new person sees the tiers that are warm, hears of trouble, and is not told of every demotion; no server is asked for updates. */
export const DEFAULTS: Kept = {
  title: 'tier',
  notifyPressure: true,
  notifyDemotion: false,
  checkUpdates: false,
  port: null,
};

const TITLES: TrayTitle[] = ['none', 'memory', 'tier', 'both'];

/** One check for each setting: one without it does not compile. */
const CHECKS: { [K in keyof Kept]: (value: unknown) => boolean } = {
  title: (value) => TITLES.some((title) => title === value),
  notifyPressure: (value) => typeof value === 'boolean',
  notifyDemotion: (value) => typeof value === 'boolean',
  checkUpdates: (value) => typeof value === 'boolean',
  port: (value) => value === null || (Number.isInteger(value) && Number(value) > 0 && Number(value) < 65_536),
};

/** What of `value` is a setting, with the names of what is not. */
export function checkSettings(value: unknown): { good: Partial<Kept>; bad: string[] } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { good: {}, bad: ['all'] };
  const good: Record<string, unknown> = {};
  const bad: string[] = [];
  for (const [key, one] of Object.entries(value)) {
    const check = Object.hasOwn(CHECKS, key) ? CHECKS[key as keyof Kept] : undefined;
    if (check?.(one)) good[key] = one;
    // A key of another version is neither used nor a fault.
    else if (check) bad.push(key);
  }
  return { good: good as Partial<Kept>, bad };
}

/** `app.json` in the data folder. */
export class SettingsFile {
  readonly #file: string;
  readonly #warn: (message: string) => void;
  #kept: Kept;

  constructor(file: string, warn: (message: string) => void) {
    this.#file = file;
    this.#warn = warn;
    this.#kept = this.#read();
  }

  get current(): Kept {
    return this.#kept;
  }

  /** Takes changes in and writes them. Throws when one of them is no setting; a full disk is only warned of. */
  change(changes: unknown): Kept {
    const { good, bad } = checkSettings(changes);
    if (bad.length > 0) throw new Error(`This is not a setting of the app: ${bad.join(', ')}`);
    this.#kept = { ...this.#kept, ...good };
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      // Whole or not at all: under another name first.
      writeFileSync(`${this.#file}.new`, `${JSON.stringify(this.#kept, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
    } catch (error) {
      this.#warn(`${this.#file} cannot be written (${error}); the change lasts until the app is quit`);
    }
    return this.#kept;
  }

  #read(): Kept {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#warn(`${this.#file} cannot be read (${error}); the settings are those of a new app`);
      return DEFAULTS;
    }
    const { good, bad } = checkSettings(parsed(text));
    if (bad.length > 0) this.#keepAside(bad);
    return { ...DEFAULTS, ...good };
  }

  /** A person may have written it by hand: nothing of it is lost. */
  #keepAside(bad: string[]): void {
    try {
      renameSync(this.#file, `${this.#file}.broken`);
      this.#warn(`${this.#file} was not all good (${bad.join(', ')}) and is kept as ${this.#file}.broken`);
    } catch (error) {
      this.#warn(`${this.#file} is broken and cannot be kept aside (${error})`);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not an object, hence bad as a whole.
    return null;
  }
}
