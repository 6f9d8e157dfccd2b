import net from 'node:net';

/** What came back over a connection until the server closed it. */
export interface Heard {
  text: string;
  /** The status of each response, in order. */
  statuses: number[];
  /** Why it ended, where that was no orderly end. */
  error: string | null;
}

/** A connection on which a test says what no HTTP client would. */
export interface RawConnection {
  write(bytes: string): void;
  /** What has come so far. */
  soFar(): string;
  /** Waits until the server closes. */
  heard: Promise<Heard>;
  /** Goes away. */
  leave(): void;
}

/** Connects to a server by its URL. */
export function connectRaw(url: string): RawConnection {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  let text = '';
  let error: string | null = null;
  socket.setEncoding('latin1').on('data', (piece) => {
    text += piece;
  });
  socket.on('error', (cause: NodeJS.ErrnoException) => {
    error = cause.code ?? cause.message;
  });
  return {
    write: (bytes) => void socket.write(bytes, 'latin1'),
    soFar: () => text,
    leave: () => void socket.destroy(),
    heard: new Promise((resolve) =>
      socket.once('close', () =>
        resolve({
          text,
          statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)),
          error,
        }),
      ),
    ),
  };
}

/** Sends bytes as they are, and waits until the server closes. */
export function sendRaw(url: string, bytes: string): Promise<Heard> {
  const connection = connectRaw(url);
  connection.write(bytes);
  return connection.heard;
}
