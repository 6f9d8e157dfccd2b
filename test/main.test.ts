import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { startProgram } from './helpers/program.ts';
import { jsonOf, until } from './helpers/requests.ts';

describe('npm run serve', () => {
  it('says one line when it listens, and ends with Ctrl-C', async () => {
    const program = startProgram();
    const url = await program.listening();
    expect(program.said()).toMatch(
      /^Toaster \d+\.\d+\.\d+ listens on http:\/\/127\.0\.0\.1:\d+ \(config: built in, data: .*\)\n$/,
    );
    expect((await jsonOf(await fetch(`${url}/health`))).pid).toBe(program.child.pid);
    program.child.kill('SIGINT');
    expect(await program.exit).toBe(0);
  });

  it('reloads with SIGHUP, and keeps the old config when the new one is broken', async () => {
    const program = startProgram();
    const url = await program.listening();
    writeFileSync(program.config, 'models: { mine: { weights: llama-3b } }');
    program.child.kill('SIGHUP');
    await until(() => program.said().includes('Config reloaded: '));
    expect((await fetch(`${url}/v1/models/mine`)).status).toBe(200);
    writeFileSync(program.config, 'models: { mine: { weights: nope } }');
    program.child.kill('SIGHUP');
    await until(() => program.said().includes('old one stays in force'));
    expect((await fetch(`${url}/v1/models/mine`)).status).toBe(200);
  });

  it('does not start on a config that is broken, and says where', async () => {
    const program = startProgram({ yaml: '\nmodles: {}' });
    expect(await program.exit).toBe(1);
    expect(program.said()).toContain(`${program.config}:2: modles: unknown key; did you mean models?`);
  });

  it('tells a second one who has the port, Toaster or a stranger', async () => {
    const first = startProgram();
    const { port } = new URL(await first.listening());
    const second = startProgram({ env: { ASK_PORT: port } });
    expect(await second.exit).toBe(1);
    expect(second.said()).toMatch(
      new RegExp(`a Toaster already serves port ${port} \\(version .*, process ${first.pid}\\)`),
    );
    const stranger = createServer((_req, res) => res.end('hello')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const third = startProgram({ env: { ASK_PORT: String((stranger.address() as AddressInfo).port) } });
    expect(await third.exit).toBe(1);
    expect(third.said()).toMatch(/taken by (another program|.* \(process \d+\)); set ASK_PORT/);
    stranger.close();
  });
});
