import type { App } from 'electron';

export interface CrashParts {
  log(what: string, error?: unknown): void;
  /** The page's process is gone. */
  pageGone(): void;
  /** Something in this process broke that nobody caught. */
  broke(error: unknown): void;
}

type CrashProcess = Pick<NodeJS.EventEmitter, 'on'>;

/** Whatever breaks is written down and handed to whoever can repair it; the app stays. */
export function watchCrashes(app: Pick<App, 'on'>, process: CrashProcess, parts: CrashParts): void {
  const { log, pageGone, broke } = parts;
  process.on('uncaughtException', (error: unknown) => {
    log('an error that nobody caught', error);
    broke(error);
  });
  process.on('unhandledRejection', (error: unknown) => {
    log('a promise that nobody waited for was rejected', error);
    broke(error);
  });
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    log(`the page’s process is gone (${reason}, exit code ${exitCode})`);
    pageGone();
  });
  app.on('child-process-gone', (_event, { type, name, reason, exitCode }) => {
    // The engine is ended by a kill whenever its keep_alive is over, and its failures are told by the proxy.
    if (reason === 'clean-exit' || reason === 'killed') return;
    log(`a process is gone: ${name ?? type} (${reason}, exit code ${exitCode})`);
  });
}
