import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StateFile } from '../../proxy/memory/state-file.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

function aStateFile(text?: string) {
  const folder = tempFolder();
  const path = join(folder, 'state.json');
  if (text !== undefined) writeFileSync(path, text);
  const warnings: string[] = [];
  return { folder, path, warnings, file: new StateFile(path, (message) => warnings.push(message)) };
}

it('is empty when it is new', () => {
  const { file, warnings } = aStateFile();
  expect(file.read()).toEqual({ pinned: [], footprints: {} });
  expect(warnings).toEqual([]);
});

it('keeps what a later version has put into it', () => {
  const { file, path, warnings } = aStateFile('{"pinned":["a"],"moods":{"a":"sunny"}}');
  expect(file.read().pinned).toEqual(['a']);
  file.write({ pinned: ['a', 'b'], footprints: { w: 5 } });
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    pinned: ['a', 'b'],
    footprints: { w: 5 },
    moods: { a: 'sunny' },
  });
  expect(warnings).toEqual([]);
});

it.each([
  ['torn', '{"pinned":["fast-9'],
  ['of another shape', '{"pinned":[{"model":"fast-9b","until":"noon"}]}'],
  ['empty', ''],
  ['a list', '[]'],
])('%s: a warning says so, and the next write does not replace it', (_what, text) => {
  const { file, folder, warnings } = aStateFile(text);
  expect(file.read()).toEqual({ pinned: [], footprints: {} });
  file.write({ pinned: ['new'], footprints: {} });
  const [aside = ''] = readdirSync(folder).filter((name) => name.startsWith('state.json.corrupt-'));
  expect(readFileSync(join(folder, aside), 'utf8')).toBe(text);
  expect(warnings).toEqual([expect.stringMatching(/no model is pinned \(.+; it is kept as .+corrupt-/)]);
  expect(file.read().pinned).toEqual(['new']);
});

it('a folder in its place is kept aside, too', () => {
  const { file, path, warnings } = aStateFile();
  mkdirSync(path);
  file.read();
  file.write({ pinned: ['new'], footprints: {} });
  expect(file.read().pinned).toEqual(['new']);
  expect(warnings).toHaveLength(1);
});
