import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { lockData } from '../../proxy/data-lock.ts';
import { FakeOllama } from '../fake-ollama/server.ts';
import { chat, startProgram, yamlOn } from '../helpers/program.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { FAKE_MODELS, startToaster } from '../helpers/toaster.ts';

async function aFake(): Promise<FakeOllama> {
  const fake = await FakeOllama.start({ models: FAKE_MODELS });
  onTestFinished(() => fake.close());
  return fake;
}

/** Two on one data folder; two on one port are in main.test.ts. */

it('a second proxy on a data folder says who has it, ends, and touches nothing', async () => {
  const fake = await aFake();
  const first = startProgram({ yaml: yamlOn(fake.url) });
  const url = await first.listening();
  await chat(url, 'hi');
  const files = ['log.jsonl', 'state.json', 'cache.db', 'stats.db', 'history.db'];
  const content = () => files.map((file) => readFileSync(join(first.folder, file), 'latin1'));
  await until(() => existsSync(join(first.folder, 'state.json')));
  const before = content();
  const second = startProgram({ folder: first.folder });
  expect(await second.exit).toBe(1);
  expect(second.said()).toBe(
    `toaster: a Toaster already uses ${first.folder} (process ${first.pid} at ${url}); use that one, or give this one a folder and a port of its own with ASK_DATA_DIR and ASK_PORT\n`,
  );
  expect(content()).toEqual(before);
  expect((await chat(url, 'still there?')).status).toBe(200);
});

it('one that was killed leaves no lock behind', async () => {
  const first = startProgram();
  await first.listening();
  first.child.kill('SIGKILL');
  await first.exit;
  expect(existsSync(join(first.folder, 'serving.json'))).toBe(true);
  const second = startProgram({ folder: first.folder });
  await second.listening();
  expect(second.said()).not.toContain('already');
});

it('one that stops, or cannot start, gives the folder free', async () => {
  const toaster = await startToaster();
  const { port } = new URL(toaster.url);
  const folder = tempFolder();
  const failed = startProgram({ folder, env: { ASK_PORT: port } });
  expect(await failed.exit).toBe(1);
  await toaster.end();
  const first = startProgram({ folder });
  await first.listening();
  first.child.kill('SIGTERM');
  expect(await first.exit).toBe(0);
  expect(existsSync(join(folder, 'serving.json'))).toBe(false);
  await startProgram({ folder }).listening();
});

it('the lock is one within a process, too, and needs no sound file', () => {
  const folder = tempFolder();
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  writeFileSync(join(folder, 'lock.db'), 'no database'.repeat(1000));
  const lock = lockData(folder, warn);
  expect(() => lockData(folder, warn)).toThrow(`${folder} (process ${process.pid})`);
  lock.listens('http://127.0.0.1:1');
  expect(() => lockData(folder, warn)).toThrow(`process ${process.pid} at http://127.0.0.1:1`);
  writeFileSync(join(folder, 'serving.json'), '{"pid":');
  expect(() => lockData(folder, warn)).toThrow(`${folder} (another process)`);
  lock.release();
  lockData(folder, warn).release();
  expect(warnings).toEqual([]);
});

it('two proxies on one Ollama, each on a folder of its own, both answer', async () => {
  const fake = await aFake();
  const both = [startProgram({ yaml: yamlOn(fake.url) }), startProgram({ yaml: yamlOn(fake.url) })];
  const urls = await Promise.all(both.map((program) => program.listening()));
  const answers = await Promise.all(urls.map((url) => chat(url, 'hi')));
  expect(await Promise.all(answers.map(async (answer) => (await jsonOf(answer)).model))).toEqual([
    'fast-9b',
    'fast-9b',
  ]);
});
