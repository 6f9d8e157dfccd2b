import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { FAMILIES, type Family } from '../../proxy/metrics/families.ts';
import { startToaster, type TestToaster } from '../helpers/toaster.ts';
import { type Exposition, familyOf, parseExposition } from './exposition.ts';

/** The dashboard and the document name what there is, and nothing else. */

const fileOf = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
const DASHBOARD = fileOf('observability/toaster-dashboard.json');
const DOCUMENT = fileOf('observability.md');

const target = z.object({ refId: z.string(), expr: z.string().min(1), legendFormat: z.string() });
const panel = z.object({
  id: z.int(),
  type: z.string(),
  title: z.string().min(1),
  gridPos: z.object({ h: z.int(), w: z.int(), x: z.int(), y: z.int() }),
  targets: z.array(target).default([]),
});
const dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int().min(30),
  templating: z.object({ list: z.array(z.object({ name: z.string(), definition: z.string().optional() })) }),
  panels: z.array(panel),
});

let toaster: TestToaster;
let told: Exposition;
beforeAll(async () => {
  toaster = await startToaster({
    models: '  tiny: {}\n  lost: { weights: lost, fallback: [fast-3b] }',
    weights: '  lost: { runtime: ollama, name: "not-there:1b", size_gb: 0.1 }',
  });
  await (await toaster.chat('hi', { model: 'lost' })).text();
  for (let i = 0; i < 2; i += 1) await (await toaster.chat('hi', {}, { 'x-cache': 'use' })).text();
  told = parseExposition(await (await fetch(`${toaster.url}/metrics`)).text());
});
afterAll(() => toaster.end());

/** Words of PromQL that are no metric. */
const WORDS = new Set([
  'by',
  'without',
  'on',
  'ignoring',
  'or',
  'and',
  'unless',
  'offset',
  'bool',
  'group_left',
]);

/** The metrics of a query, and the labels that it speaks of: of a selector, and of `by (...)`. */
function namesIn(expr: string): { metrics: string[]; labels: string[] } {
  const selectors = [...expr.matchAll(/\{([^}]*)\}/g)].flatMap(([, inside = '']) =>
    [...inside.matchAll(/([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  );
  const groups = [...expr.matchAll(/\b(?:by|without)\s*\(([^)]*)\)/g)].flatMap(([, inside = '']) =>
    inside.split(',').map((label) => label.trim()),
  );
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without)\s*\([^)]*\)/g, '');
  const metrics = [...bare.matchAll(/(?<![\w$.])[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !WORDS.has(name));
  return { metrics, labels: [...selectors, ...groups] };
}

/** Labels that the scrape gives. */
const OF_SCRAPE = ['job', 'instance', 'le'];

describe('the dashboard', () => {
  const read = () => dashboard.parse(JSON.parse(readFileSync(DASHBOARD, 'utf8')));

  it('names metrics and labels that a live Toaster has', () => {
    const exprs = read().panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(exprs.length).toBeGreaterThan(25);
    for (const expr of exprs) {
      const { metrics, labels } = namesIn(expr);
      expect(metrics.length, expr).toBeGreaterThan(0);
      for (const name of metrics) {
        const family = familyOf(name, told.types);
        expect(family, `${name} of ${expr}`).toBeDefined();
        const series = told.series.filter((one) => one.name === name);
        const has = new Set([...OF_SCRAPE, ...series.flatMap((one) => Object.keys(one.labels))]);
        // Linux counts no pageouts: a metric may be there without a number.
        if (series.length > 0) for (const label of labels) expect([...has], expr).toContain(label);
      }
    }
  });

  it('shows every metric of ours in some panel, and has the variables that its queries use', () => {
    const { panels, templating } = read();
    const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const shown = new Set(
      exprs.flatMap((expr) => namesIn(expr).metrics).map((name) => familyOf(name, told.types)),
    );
    const missing = Object.values(FAMILIES)
      .map(({ name }) => name)
      .filter((name) => !shown.has(name));
    expect(missing).toEqual([]);
    const variables = new Set(
      exprs.flatMap((expr) => [...expr.matchAll(/\$(\w+)/g)].map(([, name]) => name)),
    );
    const known = templating.list.map(({ name }) => name);
    expect([...variables].filter((name) => !name?.startsWith('__') && !known.includes(name ?? ''))).toEqual(
      [],
    );
    for (const { definition } of templating.list)
      if (definition !== undefined) expect(told.types.has(/\((\w+),/.exec(definition)?.[1] ?? '')).toBe(true);
  });

  it('has panels that neither overlap nor share an id', () => {
    const { panels } = read();
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { title, gridPos } of panels)
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(taken.has(`${x} ${y}`), `${title} at ${x} ${y}`).toBe(false);
          expect(x).toBeLessThan(24);
          taken.add(`${x} ${y}`);
        }
  });

  it('would be found out', () => {
    expect(
      namesIn('sum by (le, a) (rate(x_bucket{b=~"$job",c!="d"}[$__rate_interval])) / y{} or vector(0)'),
    ).toEqual({
      metrics: ['x_bucket', 'y'],
      labels: ['b', 'c', 'le', 'a'],
    });
  });
});

describe('docs/observability.md', () => {
  it('explains each metric as the program does (UPDATE_DOCS=1 writes it anew)', () => {
    const text = readFileSync(DOCUMENT, 'utf8');
    const [before, rest = ''] = text.split('<!-- metrics -->\n');
    const [, after] = rest.split('<!-- /metrics -->');
    if (process.env.UPDATE_DOCS === '1')
      writeFileSync(DOCUMENT, `${before}<!-- metrics -->\n\n${asTable()}\n<!-- /metrics -->${after}`);
    const [table = ''] = (readFileSync(DOCUMENT, 'utf8').split('<!-- metrics -->\n')[1] ?? '').split(
      '<!-- /',
    );
    const cells = table
      .trim()
      .split('\n')
      .map((line) =>
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    expect(cells.slice(2)).toEqual(rows());
  });

  it('has alerts on metrics that there are', () => {
    const alerts = [...readFileSync(DOCUMENT, 'utf8').matchAll(/^\s+expr: (.*)$/gm)].map(
      ([, expr = '']) => expr,
    );
    expect(alerts.length).toBeGreaterThan(2);
    for (const expr of alerts)
      for (const name of namesIn(expr).metrics) expect(familyOf(name, told.types), name).toBeDefined();
  });
});

/** The table's rows. */
function rows(): string[][] {
  return Object.values(FAMILIES).map(({ name, type, labels, help }: Family) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
}

/** `npm run fix` makes its columns straight. */
function asTable(): string {
  const lines = [['metric', 'type', 'labels', 'meaning'], ['---', '---', '---', '---'], ...rows()];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
