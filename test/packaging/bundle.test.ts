import { once } from 'node:events';
import { globSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { beforeAll, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { chat, startProgram } from '../helpers/program.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { Collector } from '../tracing/collector.ts';

/** The bundled program finds what it loads late. */

const ui = fileURLToPath(new URL('../../dist/ui', import.meta.url));
const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

beforeAll(bundle);

it('serves metrics and its own description, and sends spans', async () => {
  const collector = await Collector.start();
  try {
    const program = startProgram({ main, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    const url = await program.listening();
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.1' });
    const { types } = parseExposition(await (await fetch(`${url}/metrics`)).text());
    expect(types.get('toaster_requests_total')).toBe('counter');
    expect(types.get('process_cpu_seconds_total')).toBe('counter');
    expect((await chat(url, 'x', { model: 'nobody' })).status).toBe(404);
    program.child.kill('SIGTERM');
    expect(await program.exit).toBe(0);
    expect(collector.spans.map(({ name }) => name)).toEqual(['chat']);
  } finally {
    await collector.close();
  }
});

it('serves the page as what it is, though it knows few kinds of files', async () => {
  const program = startProgram({ main });
  const url = await program.listening();
  const whole = express().use('/ui', express.static(ui)).listen(0, '127.0.0.1');
  try {
    await once(whole, 'listening');
    const { port } = whole.address() as AddressInfo;
    const files = globSync('**/*.*', { cwd: ui }).filter((file) => !file.startsWith('.'));
    expect(files).toContain('index.html');
    const typeOf = async (address: string) => (await fetch(address)).headers.get('content-type');
    for (const file of files) {
      const type = await typeOf(`http://127.0.0.1:${port}/ui/${file}`);
      expect([file, await typeOf(`${url}/ui/${file}`)]).toEqual([file, type]);
    }
  } finally {
    whole.close();
  }
});
