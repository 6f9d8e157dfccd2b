import type { Shell as ElectronShell, Session, WebContents } from 'electron';

/** What a window of this app may do: show Toaster's own page. */
export const WEB_PREFERENCES = {
  contextIsolation: true,
  sandbox: true,
  nodeIntegration: false,
  webSecurity: true,
  webviewTag: false,
  spellcheck: false,
} as const;

/** Whether an address is the page that the proxy at `proxyUrl` serves. */
export function isOwnPage(address: string, proxyUrl: string): boolean {
  try {
    const { origin, pathname } = new URL(address);
    return origin === new URL(proxyUrl).origin && pathname.startsWith('/ui/');
  } catch {
    // What is no address is not ours.
    return false;
  }
}

/** What is used of a web page's contents. */
export type Contents = Pick<WebContents, 'on' | 'setWindowOpenHandler'>;

/** Holds a page in its place. Links to the web open in the browser, and nothing opens another window. */
export function confine(
  contents: Contents,
  proxyUrl: () => string,
  shell: Pick<ElectronShell, 'openExternal'>,
): void {
  const stay = (event: { preventDefault(): void; url: string }): void => {
    if (isOwnPage(event.url, proxyUrl())) return;
    event.preventDefault();
    openWeb(event.url, shell);
  };
  // Electron before 25 gives the address as the second argument only.
  const withUrl = (event: { preventDefault(): void; url?: string }, url?: string): void =>
    stay({ preventDefault: () => event.preventDefault(), url: event.url ?? url ?? '' });
  contents.on('will-navigate', withUrl);
  contents.on('will-redirect', withUrl);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openWeb(url, shell);
    return { action: 'deny' };
  });
}

/** The page asks for no camera, no notifications, no USB: whatever is asked is refused. */
export function denyPermissions(
  session: Pick<
    Session,
    'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
  >,
): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

/** Only https: what other schemes start is up to other programs. */
function openWeb(address: string, shell: Pick<ElectronShell, 'openExternal'>): void {
  if (!address.startsWith('https://')) return;
  // Without a browser there is nothing to be done about a link.
  shell.openExternal(address).catch(() => undefined);
}
