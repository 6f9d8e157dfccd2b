import type { App } from 'electron';

type LoginApp = Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>;

/** Whether the app opens when the person logs in, as the system says; null where it has no such thing. */
export function opensAtLogin(app: LoginApp, platform: NodeJS.Platform): boolean | null {
  if (platform !== 'darwin') return null;
  const { openAtLogin, status } = app.getLoginItemSettings();
  // Systems before macOS 13 give no status.
  return status === undefined ? openAtLogin : status === 'enabled';
}

/** Has the app open at login, or not. Throws a sentence when the person has to do the rest. */
export function setOpensAtLogin(app: LoginApp, platform: NodeJS.Platform, open: boolean): void {
  if (platform !== 'darwin')
    throw new Error('Opening at login works on macOS only; use your desktop’s own settings.');
  app.setLoginItemSettings({ openAtLogin: open });
  if (open && app.getLoginItemSettings().status === 'requires-approval')
    throw new Error('macOS wants to be asked: allow Toaster in System Settings, General, Login Items.');
}
