import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { chat, startProgram, withTinyModel, yamlOn } from '../../helpers/program.ts';
import { jsonOf, until } from '../../helpers/requests.ts';
import { tempFolder } from '../../helpers/temp-folder.ts';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

it('the engine ends with a proxy that was killed, in the middle of an answer', async () => {
  const folder = withTinyModel(tempFolder());
  const proxy = startProgram({ folder, yaml: yamlOn('http://127.0.0.1:1') });
  const url = await proxy.listening();
  const answer = await chat(url, 'count', { model: 'tiny', stream: true });
  await answer.body?.getReader().read();
  expect((await jsonOf(await fetch(`${url}/health`))).pid).toBe(proxy.pid);
  const children = await childrenOf(proxy.pid);
  expect(children).toHaveLength(1);
  proxy.child.kill('SIGKILL');
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
