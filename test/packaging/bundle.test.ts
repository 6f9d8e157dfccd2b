import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';
import { bundle } from '../../build/bundle.ts';
import { chat, startProgram } from '../helpers/program.ts';
import { parseExposition } from '../metrics/exposition.ts';
import { Collector } from '../tracing/collector.ts';

/** The bundled program finds what it loads late. */

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

beforeAll(bundle);

it('serves metrics and sends spans', async () => {
  const collector = await Collector.start();
  try {
    const program = startProgram({ main, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    const url = await program.listening();
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
