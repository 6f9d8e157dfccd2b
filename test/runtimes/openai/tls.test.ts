import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { textOf } from '../../helpers/requests.ts';
import { tempFolder } from '../../helpers/temp-folder.ts';
import { failureOf, startBox } from './kit.ts';

/** A certificate of nobody's authority but its own, for 127.0.0.1. Skips the test where there is no openssl. */
function certificate(context: TestContext): { key: string; cert: string; file: string } {
  const folder = tempFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const words = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=box';
  try {
    const further = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
    execFileSync('openssl', [...words.split(' '), ...further], { stdio: 'pipe' });
  } catch (error) {
    context.skip(`openssl makes no certificate here: ${String(error)}`);
  }
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8'), file: cert };
}

describe('TLS', () => {
  it('is spoken with a server whose authority is named', async (context) => {
    const { file, ...tls } = certificate(context);
    const { ask } = await startBox({ tls, config: { ca: file } });
    expect(textOf(await ask('make toast'))).toBe('echo: make toast');
  });

  it('is not spoken with a server that nobody vouches for, and that is said', async (context) => {
    const { file: _, ...tls } = certificate(context);
    const { ask, fake } = await startBox({ tls });
    expect(await failureOf(ask('hi'))).toMatchObject({
      reason: 'connection',
      message: expect.stringMatching(/self-signed certificate.*name its file as `ca`/),
    });
    expect(fake.asked).toEqual([]);
  });

  it('with an authority that cannot be read is this server’s trouble alone', async () => {
    const { ask } = await startBox({ config: { ca: join(tempFolder(), 'gone.pem') } });
    expect(await failureOf(ask('hi'))).toMatchObject({
      reason: 'connection',
      message: expect.stringMatching(/the `ca` of .* cannot be read/),
    });
  });

  it('that never comes about is given up when the connection should stand', async (context) => {
    const { key, cert } = certificate(context);
    const silent = (await import('node:net')).createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { ask } = await startBox({ tls: { key, cert }, config: { url: `https://127.0.0.1:${port}/v1` } });
    const error = await failureOf(ask('hi'));
    silent.close();
    expect(error).toMatchObject({
      reason: 'connection',
      message: expect.stringContaining('no connection within 1 s'),
    });
  });
});
