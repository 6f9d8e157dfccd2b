import { contextBridge, ipcRenderer } from 'electron';
import { shellOver } from './ipc.ts';

/** Hands `window.toaster` to the page: the contract's `Shell`, and nothing else of Electron. */
contextBridge.exposeInMainWorld(
  'toaster',
  shellOver((channel, ...args) => ipcRenderer.invoke(channel, ...args)),
);
