import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binding } from '../../proxy/binding.ts';
import type { FreeOnDisk } from '../../proxy/disk.ts';
import { LIMITS, type Limits } from '../../proxy/http/listen.ts';
import { pathsFrom } from '../../proxy/paths.ts';
import type { StartChild } from '../../proxy/runtimes/llamacpp/child-process.ts';
import { type Serving, serve } from '../../proxy/serve.ts';
import { FakeOllama, type FakeOptions } from '../fake-ollama/server.ts';
import { writeTinyGguf } from '../tiny-gguf/write-tiny-gguf.ts';

/** A line of the log, as a test looks at it. */
export type LogLine = Record<string, unknown>;

/** A whole proxy on a free port, its files in a folder of its own, with a fake Ollama behind it. */
export interface TestToaster extends Serving {
  fake: FakeOllama;
  folder: string;
  warnings: string[];
  /** `curl` for tests. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  chat(text: string, fields?: Record<string, unknown>, headers?: Record<string, string>): Promise<Response>;
  /** `curl` with the token. */
  admin(method: 'PUT' | 'POST', path: string, body?: unknown): Promise<Response>;
  log(): LogLine[];
  /** Writes the config anew; `models` as in the options. */
  writeConfig(models: string): void;
  end(): Promise<void>;
}

/** The tests' changes to the built-in config; `models` is further YAML below `models:`. */
function configYaml(
  ollamaUrl: string,
  models: string,
  further: string,
  weights: string,
  runtimes: string,
): string {
  return `
runtimes:
  ollama: { url: "${ollamaUrl}" }
  llamacpp: { threads: 1 }${runtimes && `\n${runtimes}`}
weights:
  qwen-0.5b: { file: tiny.gguf, context: 512 }
  # One answer at a time.
  qwen-one: { runtime: llamacpp, file: tiny.gguf, size_gb: 0.5, context: 2048, parallel: 1 }
${weights}
models:
${models}
${further}
`;
}

export const FAKE_MODELS: FakeOptions['models'] = [
  { name: 'qwen3.5:9b', capabilities: ['completion', 'tools', 'thinking', 'vision'] },
  { name: 'llama3.2:3b' },
  { name: 'llama3.2:1b', capabilities: ['completion'] },
  { name: 'qwen3-coder:30b' },
  { name: 'gemma3:4b' },
  { name: 'embeddinggemma:300m', capabilities: ['embedding'] },
];

/** Starts one. `models` is YAML that stands below `models:`, two spaces deep; `further` comes after it; `pinned` is what an earlier run left; `onOllama` is the address of an Ollama that there is already; `ui` the folder of a page; `log` what an earlier run has written. */
export async function startToaster(
  options: {
    models?: string;
    further?: string;
    pinned?: string[];
    fake?: Partial<FakeOptions>;
    onOllama?: string;
    ui?: string;
    log?: string;
    disk?: FreeOnDisk;
    /** How the embedded engine's process is started. */
    startChild?: StartChild;
    bindings?: readonly Binding[];
    limits?: Partial<Limits>;
    /** YAML below `weights:`, and below `runtimes:`. */
    weights?: string;
    runtimes?: string;
    /** Further generated models, by their files' names. */
    gguf?: Record<string, Parameters<typeof writeTinyGguf>[1]>;
  } = {},
): Promise<TestToaster> {
  const folder = mkdtempSync(join(tmpdir(), 'toaster-'));
  const fake = await FakeOllama.start({ models: FAKE_MODELS, ...options.fake });
  const paths = pathsFrom({ ASK_DATA_DIR: folder, ASK_CONFIG: join(folder, 'config.yaml') });
  const writeConfig = (models: string): void =>
    writeFileSync(
      paths.config,
      configYaml(
        options.onOllama ?? fake.url,
        models,
        options.further ?? '',
        options.weights ?? '',
        options.runtimes ?? '',
      ),
    );
  writeConfig(options.models ?? '  tiny: {}');
  if (options.pinned) writeFileSync(paths.state, JSON.stringify({ pinned: options.pinned }));
  if (options.log !== undefined) writeFileSync(paths.log, options.log);
  mkdirSync(paths.models);
  writeTinyGguf(join(paths.models, 'tiny.gguf'));
  for (const [file, how] of Object.entries(options.gguf ?? {})) writeTinyGguf(join(paths.models, file), how);
  const warnings: string[] = [];
  const { ui, disk, startChild, bindings, limits } = options;
  const warn = (message: string): void => void warnings.push(message);
  const serving = await serve({
    paths,
    port: 0,
    warn,
    ...(ui !== undefined && { ui }),
    ...(disk && { disk }),
    ...(startChild && { startChild }),
    ...(bindings && { bindings }),
    limits: { ...LIMITS, ...limits },
  });
  const post: TestToaster['post'] = (path, body, headers = {}) =>
    fetch(serving.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return {
    ...serving,
    fake,
    folder,
    warnings,
    post,
    chat: (text, fields = {}, headers = {}) =>
      post(
        '/v1/chat/completions',
        { model: 'fast-9b', messages: [{ role: 'user', content: text }], ...fields },
        headers,
      ),
    admin: (method, path, body) =>
      fetch(serving.url + path, {
        method,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${readFileSync(paths.adminToken, 'utf8').trim()}`,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    log: () => readLog(paths.log),
    writeConfig,
    async end() {
      await serving.close(0);
      await fake.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The lines of a log; none when there is no file yet. */
export function readLog(file: string): LogLine[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line): LogLine => JSON.parse(line));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
