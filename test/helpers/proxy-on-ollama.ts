import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import { pathsFrom } from '../../proxy/paths.ts';
import { type Serving, serve } from '../../proxy/serve.ts';
import { type RealOllama, startRealOllama } from './real-ollama.ts';

/** A whole proxy on a real Ollama for one test file; both are gone after it. */
export interface ProxyOnOllama {
  folder: string;
  /** Its address, once it runs. */
  url(): string;
  /** A case that needs the real Ollama, and is skipped with the reason where there is none. */
  onOllama(name: string, test: (real: RealOllama) => Promise<void>): void;
}

/**
 * `yaml` is the config, given the Ollama; `warn` hears the proxy's warnings; `settings` are Ollama's, in its environment;
 * `address` is where the proxy is to ask it, given where it is.
 */
export function proxyOnOllama(
  yaml: (real: RealOllama) => string,
  warn: (message: string) => void,
  {
    settings = {},
    address = (url) => url,
  }: { settings?: Record<string, string>; address?: (url: string) => string } = {},
): ProxyOnOllama {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-on-ollama-'));
  let ollama: RealOllama | string;
  let proxy: Serving | undefined;
  beforeAll(async () => {
    ollama = await startRealOllama(settings);
    if (typeof ollama === 'string') return;
    const paths = pathsFrom({ ASK_DATA_DIR: folder, ASK_CONFIG: join(folder, 'config.yaml') });
    writeFileSync(paths.config, `runtimes: { ollama: { url: "${address(ollama.url)}" } }\n${yaml(ollama)}`);
    proxy = await serve({ paths, port: 0, warn });
  });
  afterAll(async () => {
    await proxy?.close(0);
    if (typeof ollama !== 'string') await ollama.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    url: () => proxy?.url ?? '',
    onOllama: (name, test) =>
      it(name, async (context) => (typeof ollama === 'string' ? context.skip(ollama) : test(ollama))),
  };
}
