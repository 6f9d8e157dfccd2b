import type { AppState } from '../proxy/contract.ts';
import { asAdministrator } from './as-administrator.ts';
import { type AskPlaces, findLink, installLink, removeLink } from './install-ask.ts';

/** How long a look at the person's PATH holds; a settings page may ask often, and each look starts two shells. */
const PATH_HOLDS_MS = 60_000;

/** The `ask` command outside the app: whether a terminal finds it, and the link that makes it so. */
export class AskCommand {
  readonly #places: AskPlaces;
  readonly #path: () => Promise<string[] | null>;
  #known: { at: number; folders: Promise<string[] | null> } | null = null;

  constructor(places: AskPlaces, path: () => Promise<string[] | null>) {
    this.#places = places;
    this.#path = path;
  }

  get link(): string | null {
    return findLink(this.#places);
  }

  async state(): Promise<AppState['ask']> {
    const { link } = this;
    if (link === null) return { link, onPath: false };
    const folders = await this.#folders();
    return { link, onPath: folders?.some((folder) => `${folder.replace(/\/$/, '')}/ask` === link) ?? false };
  }

  /** In one of the two folders. Rejects with a sentence that says what to do. */
  async install(where: 'mine' | 'everyones' = 'mine'): Promise<void> {
    await installLink(this.#places, where, asAdministrator);
    this.#known = null;
  }

  async remove(): Promise<void> {
    await removeLink(this.#places, asAdministrator);
  }

  /** What a person should do when a terminal does not find the link; null when it does. */
  async advice(): Promise<string | null> {
    const { link, onPath } = await this.state();
    if (link === null || onPath) return null;
    const folder = link.slice(0, link.lastIndexOf('/'));
    return `${folder} is not in your PATH. Add this line to ~/.zprofile, and open a new terminal:\nexport PATH="${folder}:$PATH"`;
  }

  #folders(): Promise<string[] | null> {
    if (this.#known === null || performance.now() - this.#known.at > PATH_HOLDS_MS)
      this.#known = { at: performance.now(), folders: this.#path() };
    return this.#known.folders;
  }
}
