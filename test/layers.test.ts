import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Who may import whom. */

const top = fileURLToPath(new URL('..', import.meta.url));
type Sources = Record<string, string>;

/** Every import of every file: [from, to], `to` a path from the top or a package's name. */
function importsOf(sources: Sources): [string, string][] {
  return Object.entries(sources).flatMap(([file, text]) => {
    const found = text.matchAll(
      /(?:^|[;\n])\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|(?:^|\n)import\s+['"]([^'"]+)['"]/g,
    );
    return [...found].map(([, from, dynamic, bare]): [string, string] => {
      const target = from ?? dynamic ?? bare ?? '';
      return [file, target.startsWith('.') ? normalize(join(dirname(file), target)) : target];
    });
  });
}

const inside = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
const dialectOf = (path: string) => /^proxy\/dialects\/([^/]+)\//.exec(path)?.[1];
const runtimeOf = (path: string) => /^proxy\/runtimes\/([^/]+)\//.exec(path)?.[1];

/** Each rule: its words, and whether an import breaks it. */
const RULES: [string, (from: string, to: string) => boolean][] = [
  ['the contract imports nothing', (from) => from === 'proxy/contract.ts'],
  [
    'runtimes do not know each other',
    (from, to) =>
      runtimeOf(from) !== undefined && runtimeOf(to) !== undefined && runtimeOf(from) !== runtimeOf(to),
  ],
  [
    'dialects do not know each other',
    (from, to) =>
      dialectOf(from) !== undefined && dialectOf(to) !== undefined && dialectOf(from) !== dialectOf(to),
  ],
  [
    'the proxy does not know who wraps, builds or tests it',
    (from, to) =>
      inside('proxy')(from) && ['build', 'test', 'electron', 'renderer'].some((folder) => inside(folder)(to)),
  ],
  [
    'only the app, and the types of its tests, import electron',
    (from, to) => to === 'electron' && !inside('electron')(from) && !/^test\/(electron|app)\//.test(from),
  ],
  [
    'the app loads the proxy only when it serves: of it, it knows types, paths and what is shared',
    (from, to) =>
      inside('electron')(from) &&
      inside('proxy')(to) &&
      !/^proxy\/(contract|paths|port-holder|who-listens|version)\.ts$/.test(to) &&
      !/^proxy\/(serve|runtimes\/llamacpp\/(protocol|child-process))\.ts$/.test(to),
  ],
  [
    'the page and the preload know only the contract',
    (from, to) =>
      (inside('renderer')(from) || from.startsWith('electron/preload')) &&
      inside('proxy')(to) &&
      to !== 'proxy/contract.ts',
  ],
  [
    'the description of the API is loaded by app.ts alone, when somebody asks for it',
    (from, to) =>
      inside('proxy/openapi')(to) &&
      inside('proxy')(from) &&
      !inside('proxy/openapi')(from) &&
      from !== 'proxy/app.ts',
  ],
  [
    'what ships does not import tests',
    (from, to) => !inside('test')(from) && from !== 'vitest.config.ts' && inside('test')(to),
  ],
  [
    'a chain, a cache and a council know nothing of HTTP',
    (from, to) =>
      ['chain', 'cache', 'council'].some((folder) => inside(`proxy/${folder}`)(from)) &&
      (to === 'express' || to === 'node:http' || inside('proxy/http')(to)),
  ],
];

function violations(sources: Sources): string[] {
  return importsOf(sources).flatMap(([from, to]) =>
    RULES.filter(([, breaks]) => breaks(from, to)).map(([rule]) => `${from} imports ${to}: ${rule}`),
  );
}

describe('the layers', () => {
  it('are kept', () => {
    const files = globSync('{proxy,electron,renderer,build,test}/**/*.{ts,tsx,mjs}', { cwd: top });
    const own = 'test/layers.test.ts';
    const sources = Object.fromEntries(
      files.filter((file) => file !== own).map((file) => [file, readFileSync(join(top, file), 'utf8')]),
    );
    expect(importsOf(sources).length).toBeGreaterThan(100);
    expect(violations(sources)).toEqual([]);
  });

  it('are seen when they are not', () => {
    expect(
      violations({
        'proxy/contract.ts': "import { a } from './errors.ts';",
        'proxy/runtimes/ollama/x.ts': "import type {\n  A,\n} from '../llamacpp/y.ts';",
        'proxy/x.ts': "const x = await import('electron');",
        'renderer/x.tsx': "export { y } from '../proxy/app.ts';",
        'proxy/cache/x.ts': "import 'express';",
        'proxy/serve.ts': "import { a } from './openapi/document.ts';",
      }),
    ).toHaveLength(6);
  });
});
