import { appendFileSync, chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeOllama } from '../fake-ollama/server.ts';
import { chat, type Program, startProgram, yamlOn } from '../helpers/program.ts';
import { jsonOf, until } from '../helpers/requests.ts';
import { runAsk } from '../helpers/shim.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { FAKE_MODELS } from '../helpers/toaster.ts';

/** The whole program on a disk that does not play along; its parts are in test/cache/trouble, test/telemetry/log and others. */

let fake: FakeOllama;
beforeEach(async () => {
  fake = await FakeOllama.start({ models: FAKE_MODELS });
});
afterEach(() => fake.close());

const CACHED = { headers: { 'x-cache': 'use' } };
/** Asks so that everything that can be written would be. */
async function asks(url: string, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    const answer = await jsonOf(await chat(url, `${n} ${'x'.repeat(2000)}`, {}, CACHED));
    expect(answer).toMatchObject({ model: 'fast-9b', choices: [{ finish_reason: 'stop' }] });
  }
}
const warnings = (program: Program): string[] =>
  program
    .said()
    .split('\n')
    .filter((line) => line.startsWith('toaster: '));

describe('a full disk', () => {
  it('costs no answer, also when nothing can be written from the start', async () => {
    const program = startProgram({ yaml: yamlOn(fake.url), fileKb: 0 });
    const url = await program.listening();
    await asks(url, 5);
    expect(await runAsk(['hi'], { env: { ASK_URL: url, ASK_DATA_DIR: program.folder } })).toMatchObject({
      code: 0,
      stdout: 'echo: hi\n',
    });
    expect((await fetch(`${url}/api/status`)).status).toBe(200);
    expect((await jsonOf(await fetch(`${url}/api/stats?span=hour`))).total.requests).toBe(0);
    // One for each thing that is not kept, and not one for each answer.
    const files = ['history.db', 'admin.token', 'cache.db', 'stats.db', 'log.jsonl', 'state.json'];
    await until(() => warnings(program).length >= files.length);
    await asks(url, 2);
    expect(warnings(program)).toHaveLength(files.length);
    for (const file of files) expect(program.said()).toContain(join(program.folder, file));
    program.child.kill('SIGTERM');
    expect(await program.exit).toBe(0);
  });

  it('that fills while it runs costs no answer either, and spoils nothing that was written', async () => {
    const program = startProgram({ yaml: yamlOn(fake.url), fileKb: 100 });
    const url = await program.listening();
    await until(async () => {
      await asks(url, 20);
      return warnings(program).length > 0;
    });
    await asks(url, 20);
    program.child.kill('SIGTERM');
    expect(await program.exit).toBe(0);
    expect(warnings(program).length).toBeLessThan(6);
    const again = startProgram({ folder: program.folder, yaml: yamlOn(fake.url) });
    const there = await again.listening();
    expect((await chat(there, `0 ${'x'.repeat(2000)}`, {}, CACHED)).headers.get('x-cache')).toBe('hit');
    expect(warnings(again)).toEqual([]);
  });
});

describe('a data folder that may not be written', () => {
  it('costs no answer, and is told', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'config.yaml'), yamlOn(fake.url));
    chmodSync(folder, 0o555);
    const program = startProgram({ folder, unprivileged: true });
    const url = await program.listening();
    await asks(url, 5);
    // Some of them come with the next sample of memory.
    await until(() => warnings(program).length >= 7);
    await asks(url, 2);
    expect(readdirSync(folder)).toEqual(['config.yaml']);
    expect(warnings(program)[0]).toContain(`${folder} cannot be written`);
    expect(warnings(program)).toHaveLength(7);
    const pin = await fetch(`${url}/api/models/fast-9b/pin`, { method: 'PUT', body: '{"pinned":true}' });
    expect(pin.status).toBe(401);
    chmodSync(folder, 0o755);
  });
});

describe('a data folder full of rubbish', () => {
  it('is put aside file by file: the program starts, answers, and keeps things again', async () => {
    const folder = tempFolder();
    const files = ['cache.db', 'history.db', 'stats.db', 'state.json', 'lock.db'];
    for (const file of files) writeFileSync(join(folder, file), 'rubbish '.repeat(2000));
    writeFileSync(join(folder, 'log.jsonl'), '{"ts":17779');
    const program = startProgram({ folder, yaml: yamlOn(fake.url) });
    const url = await program.listening();
    await asks(url, 2);
    expect((await chat(url, `0 ${'x'.repeat(2000)}`, {}, CACHED)).headers.get('x-cache')).toBe('hit');
    expect((await jsonOf(await fetch(`${url}/api/stats?span=hour`))).total.requests).toBe(3);
    expect((await jsonOf(await fetch(`${url}/api/requests`))).requests).toHaveLength(3);
    const { minutes } = await jsonOf(await fetch(`${url}/api/memory/history`));
    expect(minutes.length).toBeGreaterThan(0);
    expect(warnings(program)).toEqual([
      expect.stringMatching(/state\.json cannot be read, so no model is pinned .*corrupt-/),
      expect.stringMatching(/history was damaged.*corrupt-/),
      expect.stringMatching(/cache was damaged.*corrupt-/),
    ]);
    program.child.kill('SIGTERM');
    expect(await program.exit).toBe(0);
    const again = startProgram({ folder, yaml: yamlOn(fake.url) });
    await again.listening();
    expect(warnings(again)).toEqual([]);
  });

  it('an empty token, as a full disk leaves it, is made anew', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'admin.token'), '');
    const program = startProgram({ folder, yaml: yamlOn(fake.url) });
    const url = await program.listening();
    const token = readFileSync(join(folder, 'admin.token'), 'utf8').trim();
    expect(token.length).toBeGreaterThan(20);
    const reload = await fetch(`${url}/api/config/reload`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(reload.status).toBe(200);
  });
});

it('a torn line in the midst of the log spoils only itself', async () => {
  const program = startProgram({ yaml: yamlOn(fake.url) });
  const url = await program.listening();
  await asks(url, 1);
  appendFileSync(join(program.folder, 'log.jsonl'), '{"ts":1777978067.96,"model":"fa');
  await asks(url, 2);
  const { requests } = await jsonOf(await fetch(`${url}/api/requests`));
  expect(requests.map(({ served_by }: { served_by: string }) => served_by)).toEqual(Array(3).fill('fast-9b'));
  expect((await jsonOf(await fetch(`${url}/api/stats?span=hour`))).total.requests).toBe(3);
});
