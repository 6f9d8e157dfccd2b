import { fork } from 'node:child_process';
import type { FromChild, ToChild } from './protocol.ts';

/** A child process as the engine's parent side needs it; Electron's utilityProcess can stand in for it. */
export interface Child {
  readonly pid: number | undefined;
  send(message: ToChild): void;
  /** Ends it at once. Its memory is back when `onExit` is told. */
  kill(): void;
}

export interface ChildEvents {
  message(message: FromChild): void;
  /** `why`: a few words, with the last of what it said on stderr. */
  exit(why: string): void;
}

export type StartChild = (events: ChildEvents) => Child;

/** Beside this file in the sources, and beside the bundle when bundled. */
const MODULE = import.meta.url.endsWith('.ts') ? './child.ts' : './llamacpp-child.js';
const KEPT_STDERR = 2000;

/** Starts the child with node's own means. */
export const forkChild: StartChild = (events) => {
  const child = fork(new URL(MODULE, import.meta.url), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-KEPT_STDERR);
  });
  child.on('message', (message: FromChild) => events.message(message));
  // Errors of sending surface here; the exit that follows tells the rest.
  child.on('error', (error) => {
    said += error.message;
  });
  child.once('exit', (code, signal) => {
    const last = said.trim().split('\n').at(-1) ?? '';
    events.exit(`${signal ? `signal ${signal}` : `exit code ${code}`}${last === '' ? '' : `: ${last}`}`);
  });
  return {
    pid: child.pid,
    send: (message) => void child.send(message, () => undefined),
    kill: () => void child.kill('SIGKILL'),
  };
};
