import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NODE_MAJOR } from '../../../build/bundle.ts';
import { builderConfig } from '../../../build/pack/builder-config.ts';
import { DEFAULT_PORT } from '../../../proxy/contract.ts';

const top = fileURLToPath(new URL('../../..', import.meta.url));

describe('the recipe for a container', () => {
  const recipe = readFileSync(`${top}/build/container/Containerfile`, 'utf8');

  it('has the Node that is needed, and the port', () => {
    expect(recipe).toMatch(new RegExp(`^FROM \\S+/node:${NODE_MAJOR}-`, 'm'));
    expect(recipe).toContain(`EXPOSE ${DEFAULT_PORT}\n`);
    expect(recipe).toContain(`:-${DEFAULT_PORT}}/health"`);
  });

  it('does not run as root, and keeps all its data in the volume', () => {
    expect(recipe.indexOf('\nUSER node\n')).toBeLessThan(recipe.indexOf('\nENTRYPOINT ["toaster"]'));
    const [, volume] = /^VOLUME (\S+)$/m.exec(recipe) ?? [];
    expect(recipe).toContain(`ENV ASK_DATA_DIR=${volume} ASK_CONFIG=${volume}/`);
  });
});

describe('where the app looks for updates', () => {
  const publish = (url?: string) =>
    builderConfig({
      top,
      target: { platform: 'darwin', arch: 'arm64' },
      output: '/nowhere',
      electronVersion: '45.0.0',
      formats: ['dmg'],
      unsigned: true,
      env: url === undefined ? {} : { TOASTER_UPDATE_URL: url },
    }).publish;

  it('is nowhere, unless it was packed with an address', () => {
    expect(publish()).toBeNull();
    expect(publish('https://example.org/feed')).toEqual({
      provider: 'generic',
      url: 'https://example.org/feed',
    });
  });

  it('is never where anybody on the way can change the feed', () => {
    expect(() => publish('http://example.org/feed')).toThrow('over https only');
    expect(publish('http://127.0.0.1:8080/')).toMatchObject({ url: 'http://127.0.0.1:8080/' });
  });
});
