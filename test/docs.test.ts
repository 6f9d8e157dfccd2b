import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FLAGS } from '../proxy/ask/flags.ts';
import { loadConfig, parseConfig } from '../proxy/config/load.ts';
import { configSchema } from '../proxy/config/schema.ts';
import { startToaster, type TestToaster } from './helpers/toaster.ts';

const top = fileURLToPath(new URL('..', import.meta.url));
const PAGES = globSync(['*.md', 'docs/**/*.md'], { cwd: top });
const textOf = (page: string): string => readFileSync(join(top, page), 'utf8');
/** The fenced blocks of a language, in all pages. */
const blocksOf = (language: string): { page: string; block: string }[] =>
  PAGES.flatMap((page) =>
    textOf(page)
      .matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))
      .map(([, block = '']) => ({ page, block }))
      .toArray(),
  );

/** As GitHub makes them of headings. */
const anchorsOf = (page: string): string[] =>
  [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the documentation', () => {
  it('has no link that leads nowhere', () => {
    const broken = PAGES.flatMap((page) => {
      const links = textOf(page)
        .replace(/^```[\s\S]*?^```/gm, '')
        .matchAll(/(?:\]\(|(?:src|srcset|href)=")([^)"\s]+)/g)
        .map(([, link = '']) => link)
        .filter((link) => !/^[a-z]+:/.test(link));
      return links
        .filter((link) => {
          const [path = '', anchor] = link.split('#');
          const target = path === '' ? page : join(dirname(page), decodeURIComponent(path));
          if (!existsSync(join(top, target))) return true;
          return anchor !== undefined && !anchorsOf(target).includes(anchor);
        })
        .map((link) => `${page}: ${link}`)
        .toArray();
    });
    expect(PAGES.length).toBeGreaterThan(10);
    expect(broken).toEqual([]);
  });

  it('is all to be found from its contents', () => {
    const contents = textOf('docs/README.md');
    const pages = PAGES.filter((page) => /^docs\/[^/]+\.md$/.test(page) && page !== 'docs/README.md');
    expect(pages.filter((page) => !contents.includes(`(${page.slice('docs/'.length)})`))).toEqual([]);
  });

  it('has configs that can be used as they stand', () => {
    const configs = blocksOf('yaml').filter(
      ({ page, block }) =>
        // Continue's own has a key of the same name.
        page !== 'docs/clients/continue.md' &&
        Object.keys(parse(block) ?? {}).some((key) => Object.hasOwn(configSchema.shape, key)),
    );
    expect(configs.length).toBeGreaterThan(3);
    for (const { page, block } of configs)
      expect(() => parseConfig(block, page), `${page}:\n${block}`).not.toThrow();
  });

  it('names only flags and tiers that there are', () => {
    const { tiers } = loadConfig('/nowhere/config.yaml');
    const known = new Set([...FLAGS.map(({ name }) => name), ...Object.keys(tiers)]);
    // Tiers that the pages themselves put into a config.
    for (const { block } of blocksOf('yaml'))
      for (const name of Object.keys(parse(block)?.tiers ?? {})) known.add(name);
    const used = PAGES.flatMap((page) =>
      textOf(page)
        .matchAll(/\bask((?: --[a-z0-9-]+)+)/g)
        .flatMap(([, flags = '']) => flags.trim().split(' '))
        .map((flag) => ({ page, flag: flag.slice(2) }))
        .toArray(),
    );
    expect(used.length).toBeGreaterThan(40);
    expect(used.filter(({ flag }) => !known.has(flag))).toEqual([]);
  });
});

describe('the cookbook for jq', () => {
  let toaster: TestToaster;
  beforeAll(async () => {
    toaster = await startToaster();
  });
  afterAll(() => toaster.end());

  const recipes = [...textOf('docs/log.md').matchAll(/^```sh\n(jq .*)\n```/gm)].map(([, line = '']) => line);

  it('has recipes that run on a real log and find something', async (ctx) => {
    try {
      execFileSync('jq', ['--version']);
    } catch {
      ctx.skip('there is no jq');
    }
    for (let i = 0; i < 5; i++) expect((await toaster.chat('the same')).status).toBe(200);
    toaster.fake.fault('qwen3.5:9b', { kind: 'status', status: 500 }, 1);
    expect((await toaster.chat('demoted')).headers.get('x-degraded')).not.toBeNull();
    expect((await toaster.chat('fails', { model: 'nobody' })).status).toBe(404);
    const [{ request_id: id } = {}] = toaster.log();
    expect(recipes.length).toBeGreaterThan(8);
    for (const recipe of recipes) {
      const line = recipe
        .replace('~/.local/share/ask/log.jsonl', 'log.jsonl')
        .replace(' cli/week.jq', ` ${join(top, 'cli', 'week.jq')}`)
        .replace(/--arg id \S+/, `--arg id ${id}`);
      const said = execFileSync('sh', ['-ec', line.replaceAll('log.jsonl', `'${toaster.folder}/log.jsonl'`)]);
      expect(said.toString().replace(/[\s[\]]/g, ''), recipe).not.toBe('');
    }
  });
});
