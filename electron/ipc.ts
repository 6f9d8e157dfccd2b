import type { IpcMain, WebFrameMain } from 'electron';
import type { Shell } from '../proxy/contract.ts';

/** Each function of `Shell` has its channel: one that lacks it does not compile. */
const CHANNELS: { [K in keyof Shell]: `shell:${K}` } = {
  token: 'shell:token',
  state: 'shell:state',
  change: 'shell:change',
  setOpenAtLogin: 'shell:setOpenAtLogin',
  installAsk: 'shell:installAsk',
  openConfig: 'shell:openConfig',
  showLog: 'shell:showLog',
  hide: 'shell:hide',
};

const NAMES = Object.keys(CHANNELS) as (keyof Shell)[];

type Invoke = (channel: string, ...args: unknown[]) => Promise<unknown>;
type Handler = (...args: unknown[]) => Promise<unknown>;

/** The page's side: each function sends its arguments over its channel. */
export function shellOver(invoke: Invoke): Shell {
  const entries = NAMES.map((name): [string, Handler] => [
    name,
    (...args) => invoke(CHANNELS[name], ...args),
  ]);
  return Object.fromEntries(entries) as unknown as Shell;
}

/** The app's side. `trusts` sees the frame that a call comes from; a frame that is gone is null. */
export function handleShell(
  ipcMain: Pick<IpcMain, 'handle'>,
  shell: Shell,
  trusts: (frame: Pick<WebFrameMain, 'url' | 'parent'> | null) => boolean,
): void {
  for (const name of NAMES) {
    const handler = shell[name].bind(shell) as Handler;
    ipcMain.handle(CHANNELS[name], (event, ...args: unknown[]) => {
      if (!trusts(event.senderFrame)) throw new Error('Only Toaster’s own page may ask for this.');
      return handler(...args);
    });
  }
}
