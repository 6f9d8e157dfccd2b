import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../../helpers/temp-folder.ts';

const scripts = ['build/release/mac.sh', 'cli/toaster'].map((file) =>
  fileURLToPath(new URL(`../../../${file}`, import.meta.url)),
);
const [MAC = ''] = scripts;

/** Runs mac.sh --check on a make-believe machine, where these programs say these words. */
function check(programs: Record<string, string>, env: Record<string, string> = {}) {
  const bin = tempFolder();
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const { status, stderr } = spawnSync('/bin/sh', [MAC, '--check'], {
    encoding: 'utf8',
    env: { PATH: `${bin}:/usr/bin:/bin`, ...env },
  });
  return [status, stderr.trim()];
}

const APPLE = {
  uname: 'echo Darwin',
  node: '',
  npm: '',
  codesign: '',
  spctl: '',
  xcrun: '',
  security: `echo '  1) ABC "Developer ID Application: Somebody (TEAM)"'`,
};
const ACCOUNT = { APPLE_KEYCHAIN_PROFILE: 'toaster' };

describe('what a Mac does for a release', () => {
  it('begins when everything is there', () => {
    expect(check(APPLE, { ...ACCOUNT, TOASTER_UPDATE_URL: 'https://example.org' })).toEqual([0, '']);
  });

  it.each<[string, Record<string, string>, Record<string, string>, RegExp]>([
    ['another system', { uname: 'echo Linux' }, ACCOUNT, /needs a Mac/],
    ['no command line tools', { xcrun: 'exit 72' }, ACCOUNT, /notarytool is missing: xcode-select --install/],
    ['no identity', { security: 'echo 0 valid identities found' }, ACCOUNT, /no Developer ID Application/],
    ['no account', {}, {}, /notarizing needs an account/],
    ['half an account', {}, { APPLE_ID: 'me' }, /also needs APPLE_APP_SPECIFIC_PASSWORD and APPLE_TEAM_ID/],
    [
      'half a key',
      {},
      { APPLE_API_KEY: 'k', APPLE_API_KEY_ID: 'i' },
      /APPLE_API_KEY_ID and APPLE_API_ISSUER/,
    ],
  ])('not with %s', (_what, programs, env, why) => {
    expect(check({ ...APPLE, ...programs }, env)).toEqual([1, expect.stringMatching(why)]);
  });

  it('takes a certificate from the environment, and says when there will be no feed', () => {
    const [status, said] = check({ ...APPLE, security: 'exit 1' }, { ...ACCOUNT, CSC_LINK: 'file.p12' });
    expect([status, said]).toEqual([0, expect.stringContaining('TOASTER_UPDATE_URL is not set')]);
  });
});

it('the scripts are ones that shellcheck finds nothing wrong with', (context) => {
  if (spawnSync('shellcheck', ['--version']).error) return context.skip('there is no shellcheck here');
  const { stdout } = spawnSync('shellcheck', scripts, { encoding: 'utf8' });
  expect(stdout).toBe('');
});
