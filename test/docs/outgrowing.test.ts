import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chainOf } from '../../proxy/config/links.ts';
import { parseConfig } from '../../proxy/config/load.ts';
import { isPaid } from '../../proxy/config/remote.ts';

const text = readFileSync(new URL('../../docs/outgrowing.md', import.meta.url), 'utf8');

/** Each example by the heading that it stands under; those of other programs have their file's name on top. */
const examples = text.split(/^## /m).flatMap((section) => {
  const heading = section.split('\n')[0] ?? '';
  return [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].flatMap(([, yaml = '']): [string, string][] =>
    yaml.startsWith('# litellm') ? [] : [[heading, yaml]],
  );
});
const config = (heading: string) =>
  parseConfig(examples.find(([name]) => name === heading)?.[1] ?? '', 'config.yaml');
const chain = (heading: string, model: string) =>
  chainOf(config(heading), model).map(
    ({ weights, ...link }) => `${link.model}@${link.runtime}${weights.remote ? '' : ' here'}`,
  );

describe('docs/outgrowing.md', () => {
  it.each(examples)('has a config that is one: %s', (_, yaml) => {
    expect(Object.keys(parseConfig(yaml, 'config.yaml').models).length).toBeGreaterThan(7);
  });

  it('has one for each part', () => {
    expect(examples.map(([heading]) => heading)).toEqual([
      'A server on this machine',
      'The same tiers on a box',
      'From the box to the laptop, and back',
      'Several boxes',
      'A hosted tier',
    ]);
  });

  it('says truly where each link is', () => {
    expect(chain('A server on this machine', 'fast-9b')[0]).toBe('fast-9b@studio here');
    expect(chain('The same tiers on a box', 'fast-9b')).toEqual([
      'fast-9b@box',
      'fast-3b@ollama here',
      'fast-1b@ollama here',
      'tiny@llamacpp here',
    ]);
    const crossing = 'From the box to the laptop, and back';
    expect(chain(crossing, 'coder-80b')).toEqual([
      'coder-80b@box',
      'coder-30b@ollama here',
      'fast-9b@ollama here',
    ]);
    expect(chain(crossing, 'coder-30b')).toEqual([
      'coder-30b@ollama here',
      'box-30b@box',
      'fast-9b@ollama here',
    ]);
    expect(isPaid(config('A hosted tier'), 'gpt')).toBe(true);
  });
});
