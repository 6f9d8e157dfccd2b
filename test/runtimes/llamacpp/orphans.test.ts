import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { jsonOf, until } from '../../helpers/requests.ts';
import { tempFolder } from '../../helpers/temp-folder.ts';
import { writeTinyGguf } from '../../tiny-gguf/write-tiny-gguf.ts';

const main = fileURLToPath(new URL('../../../proxy/main.ts', import.meta.url));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('the engine ends with a proxy that was killed, in the middle of an answer', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'models'));
  writeTinyGguf(join(folder, 'models', 'tiny.gguf'));
  writeFileSync(
    join(folder, 'config.yaml'),
    'runtimes: { llamacpp: { threads: 1 } }\nweights: { qwen-0.5b: { file: tiny.gguf, context: 512 } }',
  );
  const proxy = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH ?? '',
      ASK_PORT: '0',
      ASK_DATA_DIR: folder,
      ASK_CONFIG: join(folder, 'config.yaml'),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void proxy.kill('SIGKILL'));
  let said = '';
  proxy.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  await until(() => said.includes('\n'));
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '';
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'tiny', messages: [{ role: 'user', content: 'count' }], stream: true }),
  });
  await answer.body?.getReader().read();
  expect((await jsonOf(await fetch(`${url}/health`))).pid).toBe(proxy.pid);
  const children = await childrenOf(proxy.pid ?? 0);
  expect(children).toHaveLength(1);
  proxy.kill('SIGKILL');
  await until(() => children.every((pid) => !isAlive(pid)));
});

/** By `ps`, which macOS and Linux have. */
async function childrenOf(parent: number): Promise<number[]> {
  const ps = spawn('ps', ['-A', '-o', 'pid=,ppid=,command='], { stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = (await ps.stdout.setEncoding('utf8').toArray()).join('').split('\n');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, ppid, ...command]) => Number(ppid) === parent && command.join(' ').includes('llamacpp/child.ts'),
    )
    .map(([pid]) => Number(pid));
}
