import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort } from '../../build/bench/free-port.ts';
import { until } from './requests.ts';

/** A real llama-server with one model. */
export interface LlamaServer {
  /** Of its OpenAI API. */
  url: string;
  pid: number;
  close(): Promise<void>;
}

/**
 * Starts the llama-server that the Ollama of `OLLAMA_BIN` brings along; a sentence that says why when there is none. It may be
 * loading still.
 */
export async function startLlamaServer(gguf: string, args: string[] = []): Promise<LlamaServer | string> {
  const ollama = process.env.OLLAMA_BIN;
  if (!ollama) return 'OLLAMA_BIN names no Ollama, which would bring a llama-server along';
  const bin = join(dirname(ollama), '..', 'lib', 'ollama', 'llama-server');
  try {
    accessSync(bin, constants.X_OK);
  } catch {
    return `${bin} cannot be run`;
  }
  const port = await freePort();
  const fixed = ['--host', '127.0.0.1', '--port', String(port), '--threads', '1', '--no-ui', '--offline'];
  const server = spawn(bin, ['-m', gguf, ...fixed, ...args], { stdio: 'ignore' });
  const exited = once(server, 'exit');
  await until(() =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      () => true,
      () => server.exitCode !== null,
    ),
  );
  return {
    url: `http://127.0.0.1:${port}/v1`,
    pid: server.pid ?? 0,
    async close() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}
