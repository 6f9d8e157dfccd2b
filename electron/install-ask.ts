import { lstatSync, mkdirSync, readlinkSync, realpathSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

export interface AskPlaces {
  /** The shim that the link leads to. */
  shim: string;
  /** The folders for the link: the person's own first, then the machine's. */
  mine: string;
  everyones: string;
}

type Where = 'mine' | 'everyones';

/** Runs a line of sh as administrator, after the system has asked for the password. */
export type AsAdministrator = (script: string) => Promise<void>;

/** Where `ask` is linked from, the person's own folder first; null when it is nowhere. */
export function findLink(places: AskPlaces): string | null {
  return [places.mine, places.everyones].map(linkIn).find((link) => isOurs(link, places.shim)) ?? null;
}

/** Puts the link there. Throws a sentence when something else is in its place, or the folder cannot be written. */
export async function installLink(
  places: AskPlaces,
  where: Where,
  asAdministrator: AsAdministrator,
): Promise<string> {
  const folder = places[where];
  const link = linkIn(folder);
  refuseForeign(link, places.shim);
  try {
    mkdirSync(folder, { recursive: true });
    // One that led to an app which has moved is led anew.
    if (exists(link)) unlinkSync(link);
    symlinkSync(places.shim, link);
  } catch (error) {
    if (!isForbidden(error) || where === 'mine') throw new Error(`${link} cannot be made (${error}).`);
    await asAdministrator(`mkdir -p ${quoted(folder)} && ln -sfn ${quoted(places.shim)} ${quoted(link)}`);
  }
  return link;
}

/** Takes the link away, wherever it is. Nothing that is not Toaster's is touched. */
export async function removeLink(places: AskPlaces, asAdministrator: AsAdministrator): Promise<void> {
  const link = findLink(places);
  if (link === null) return;
  try {
    unlinkSync(link);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    await asAdministrator(`rm ${quoted(link)}`);
  }
}

const linkIn = (folder: string): string => join(folder, 'ask');

function refuseForeign(link: string, shim: string): void {
  if (exists(link) && !isOurs(link, shim))
    throw new Error(`${link} is there already and not Toaster’s; move it away first.`);
}

/** A link to this shim, or to that of a Toaster which stood elsewhere. */
function isOurs(link: string, shim: string): boolean {
  if (!lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()) return false;
  const target = readlinkSync(link);
  return target === shim || target.endsWith('/Toaster.app/Contents/Resources/ask') || isSameFile(link, shim);
}

function isSameFile(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    // A link that leads nowhere is not the same as anything.
    return false;
  }
}

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
const isForbidden = (error: unknown): boolean =>
  ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
