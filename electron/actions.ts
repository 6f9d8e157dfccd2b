import { readFileSync } from 'node:fs';
import type * as Electron from 'electron';
import type { Paths } from '../proxy/paths.ts';
import type { AskCommand } from './ask-command.ts';
import { callProxy } from './call-proxy.ts';
import type { MenuActions } from './menu.ts';

export interface ActionParts {
  electron: Pick<typeof Electron, 'app' | 'clipboard' | 'dialog' | 'shell'>;
  paths: Paths;
  ask: AskCommand;
  appLog: string;
  url(): string;
  openTab(tab: string): void;
  /** The menu may say something else now. */
  changed(): void;
  log(what: string, error?: unknown): void;
}

/** What the menu's items and the notifications' buttons do. What fails is told in a dialog. */
export function makeActions(parts: ActionParts): MenuActions {
  const { electron, paths, ask, url, log } = parts;
  const { app, clipboard, dialog, shell } = electron;
  const tried = (what: string, work: () => Promise<unknown>): void => {
    work().catch((error: unknown) => {
      log(`${what} did not work`, error);
      void dialog.showMessageBox({
        type: 'warning',
        message: what,
        detail: String(error instanceof Error ? error.message : error),
      });
    });
  };
  const admin = (method: 'PUT' | 'POST', path: string, body?: object) =>
    callProxy(url(), {
      method,
      path,
      token: readFileSync(paths.adminToken, 'utf8').trim(),
      ...(body && { body }),
    });
  return {
    pin: (model, pinned) =>
      tried('Keeping a model warm', () =>
        admin('PUT', `/api/models/${encodeURIComponent(model)}/pin`, { pinned }),
      ),
    coolAll: () => tried('Cool everything', () => admin('POST', '/api/cool')),
    copyUrl: () => clipboard.writeText(`${url()}/v1`),
    openInBrowser: () => tried('Open in browser', () => shell.openExternal(`${url()}/ui/`)),
    installAsk: () => tried('The ask command', () => installOrRemove(ask, dialog).finally(parts.changed)),
    openSettings: () => parts.openTab('settings'),
    showAppLog: () => shell.showItemInFolder(parts.appLog),
    quit: () => app.quit(),
  };
}

async function installOrRemove(
  ask: AskCommand,
  dialog: Pick<Electron.Dialog, 'showMessageBox'>,
): Promise<void> {
  const { link } = ask;
  const buttons = link === null ? ['Install for me', 'Install for everyone', 'Cancel'] : ['Remove', 'Cancel'];
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: link === null ? 'Install the ask command?' : 'Remove the ask command?',
    detail:
      link === null
        ? 'A link to it is put into ~/.local/bin, or into /usr/local/bin, for which macOS may want your password.'
        : `The link ${link} is taken away; Toaster itself stays.`,
    buttons,
    cancelId: buttons.length - 1,
    noLink: true,
  });
  if (response === buttons.length - 1) return;
  if (link !== null) return ask.remove();
  await ask.install(response === 0 ? 'mine' : 'everyones');
  const advice = await ask.advice();
  await dialog.showMessageBox({
    type: 'info',
    message: 'ask is installed',
    detail: advice ?? 'Try in a terminal: ask "Name three primary colours."',
  });
}
