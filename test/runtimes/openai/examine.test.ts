import { expect, it } from 'vitest';
import { examineServer } from '../../../proxy/runtimes/openai/examine.ts';
import { OpenaiHttp } from '../../../proxy/runtimes/openai/http.ts';
import { Secrets } from '../../../proxy/runtimes/openai/secrets.ts';
import { SECRET, startBox } from './kit.ts';

/** What the doctor says of a server, its address in the config being `url`. */
async function examine(url: string | null, key: { env: string } | undefined, env: NodeJS.ProcessEnv) {
  const { fake } = await startBox({ key: SECRET });
  const secrets = new Secrets({ key, headers: {} }, { env, keychain: async () => '' });
  const config = { url: url ?? fake.url, key, paid: false };
  return examineServer(new OpenaiHttp({ url: fake.url }, secrets), config, new Set());
}
const KEY = { env: 'BOX_KEY' };

it('a key that others on the network could read is warned of', async () => {
  const found = await examine('http://box.example/v1', KEY, { BOX_KEY: SECRET });
  expect(found.map(({ state }) => state)).toEqual(['ok', 'warn']);
  expect(found[1]?.says).toMatch(/its key goes to .* for everybody on the way to read; use https/);
  expect(await examine('https://box.example/v1', KEY, { BOX_KEY: SECRET })).toHaveLength(1);
  expect(await examine(null, KEY, { BOX_KEY: SECRET })).toHaveLength(1);
});

it('a key that is refused, or not set, comes with what to type', async () => {
  for (const env of [{ BOX_KEY: 'sk-expired-0123456789' }, {}])
    expect(await examine(null, KEY, env)).toEqual([
      expect.objectContaining({ state: 'wrong', mend: 'export BOX_KEY=...  # then start Toaster again' }),
    ]);
});
