import type { FromChild, ToChild } from './protocol.ts';

/** The line from the child to whoever started it. */
export interface ParentChannel {
  tell(message: FromChild): void;
  /** `gone`: the parent has ended, however that came. */
  listen(message: (message: ToChild) => void, gone: () => void): void;
}

/** What Electron's utilityProcess puts at `process.parentPort`, as far as it is used here; its types leave `close` out. */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: ToChild }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** Electron's port inside the app, Node's own channel elsewhere. */
export function parentChannel(): ParentChannel {
  const port =
    'parentPort' in process ? (process.parentPort as unknown as ParentPort | undefined) : undefined;
  return port ? overPort(port) : overIpc();
}

function overPort(port: ParentPort): ParentChannel {
  return {
    tell: (message) => port.postMessage(message),
    listen(message, gone) {
      port.on('message', ({ data }) => message(data));
      port.on('close', gone);
    },
  };
}

function overIpc(): ParentChannel {
  return {
    tell: (message) => void process.send?.(message),
    listen(message, gone) {
      process.on('message', message);
      process.on('disconnect', gone);
    },
  };
}
