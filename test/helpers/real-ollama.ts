import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../build/bench/free-port.ts';
import { writeTinyGguf } from '../tiny-gguf/write-tiny-gguf.ts';
import { realTiny } from './real-models.ts';
import { until } from './requests.ts';

/** A real Ollama with two real models, its files in a folder of its own. */
export interface RealOllama {
  url: string;
  /** The best model there is: the real 0.5B where it has been fetched, else a generated one, heavier by some 60 MB. */
  able: string;
  /** Whether `able` is the real 0.5B, with a chat template and tools. */
  real: boolean;
  /** The generated model: no tools, no thinking, no eyes. */
  tiny: string;
  /** The generated model once more, of other bytes and some 60 MB heavier. */
  twin: string;
  /** It makes vectors, and no text. */
  vectors: string;
  /** The generated model, with a place for a suffix in its template: there it says what it says of toast. */
  fills: string;
  /** Where its models are; the command lines of its runners name it. */
  folder: string;
  /** Its server's process. */
  pid: number;
  close(): Promise<void>;
}

const FILLS =
  'TEMPLATE """{{ if .Suffix }}{{ .Prompt }} {{ .Suffix }} toast{{ else }}{{ .Prompt }}{{ end }}"""\n';

/**
 * Starts the Ollama that `OLLAMA_BIN` names, with settings of its own (`OLLAMA_...`); a sentence that says why when there
 * is none.
 */
export async function startRealOllama(settings: Record<string, string> = {}): Promise<RealOllama | string> {
  const bin = process.env.OLLAMA_BIN;
  if (!bin) return 'OLLAMA_BIN names no Ollama';
  try {
    accessSync(bin, constants.X_OK);
  } catch {
    return `OLLAMA_BIN=${bin} cannot be run`;
  }
  const folder = mkdtempSync(join(tmpdir(), 'ollama-'));
  const port = await freePort();
  const env = {
    ...process.env,
    ...settings,
    OLLAMA_HOST: `127.0.0.1:${port}`,
    OLLAMA_MODELS: folder,
    HOME: folder,
  };
  const server = spawn(bin, ['serve'], { env, stdio: 'ignore', detached: true });
  const url = `http://127.0.0.1:${port}`;
  const exited = once(server, 'exit');
  await until(() =>
    fetch(url).then(
      (response) => response.ok,
      () => false,
    ),
  );
  const create = (name: string, gguf: string, further = ''): void => {
    writeFileSync(join(folder, 'Modelfile'), `FROM ${gguf}\n${further}`);
    const made = spawnSync(bin, ['create', name, '-f', join(folder, 'Modelfile')], { env, encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`ollama create ${name}: ${made.stderr}`);
  };
  writeTinyGguf(join(folder, 'tiny.gguf'));
  create('tiny:test', join(folder, 'tiny.gguf'));
  create('fills:test', join(folder, 'tiny.gguf'), FILLS);
  writeTinyGguf(join(folder, 'vectors.gguf'), { name: 'vectors', pooling: true });
  create('vectors:test', join(folder, 'vectors.gguf'));
  const heavier = (name: string): string => {
    const file = join(folder, `${name}.gguf`);
    writeTinyGguf(file, { name, feedForward: 40_000 });
    return file;
  };
  create('twin:test', heavier('twin'));
  const file = realTiny();
  create('able:test', file ?? heavier('able'));
  return {
    url,
    able: 'able:test',
    real: file !== null,
    tiny: 'tiny:test',
    twin: 'twin:test',
    vectors: 'vectors:test',
    fills: 'fills:test',
    folder,
    pid: server.pid ?? 0,
    async close() {
      // Its runners are children of its own: the whole group.
      const running = server.exitCode === null && server.signalCode === null;
      if (running) process.kill(-(server.pid ?? 0), 'SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
