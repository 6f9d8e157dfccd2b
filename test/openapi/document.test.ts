import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type AppParts, createApp } from '../../proxy/app.ts';
import { dialectPaths } from '../../proxy/dialects/registry.ts';
import { openApiDocument } from '../../proxy/openapi/document.ts';
import { heldTo } from '../../proxy/openapi/held-to.ts';

/** The description of the API, as a document. */

const document = openApiDocument();
const described = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method} ${path}`),
);

interface Layer {
  slash: boolean;
  match(path: string): unknown;
  route?: { path: string; methods: Record<string, boolean> };
}

/** What Express was told. The parts are only looked at once something is asked. */
function layers(): Layer[] {
  const app = createApp({ service: { parts: {} }, events: {}, paths: {} } as unknown as AppParts);
  return app.router.stack as unknown as Layer[];
}

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    const validator = new Validator();
    expect(await validator.validate({ ...document })).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  it('has every route that is served, and no other', () => {
    const all = layers();
    const routes = all.flatMap(({ route }) =>
      // What stands for a list of paths says what is not there.
      route && typeof route.path === 'string'
        ? Object.keys(route.methods).map((method) => `${method} ${route.path.replace(/:(\w+)/g, '{$1}')}`)
        : [],
    );
    const dialects = dialectPaths().map((path) => `post ${path}`);
    // Whole folders, of which the document has the first page.
    const folders = all.filter(({ route, slash }) => !route && !slash);
    const served = [...routes, ...dialects];
    const pages = described.filter((name) => !served.includes(name));
    expect(served.length).toBeGreaterThan(20);
    expect(served.filter((name) => !described.includes(name))).toEqual([]);
    expect(pages).toHaveLength(folders.length);
    for (const page of pages)
      expect(
        folders.some((folder) => folder.match(page.replace(/^get /, ''))),
        page,
      ).toBe(true);
  });

  it('calls each operation by a name of its own, and says in which section it stands', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    for (const { tags: own, operationId } of operations)
      expect(tags, operationId).toEqual(expect.arrayContaining(own));
  });

  it('is loaded when somebody asks for it: no start waits for it', () => {
    const app = readFileSync(new URL('../../proxy/app.ts', import.meta.url), 'utf8');
    expect(app.match(/.*openapi\/.*/g)).toEqual([
      "import type { OpenApi } from './openapi/document.ts';",
      "    const { openApiDocument } = await import('./openapi/document.ts');",
    ]);
  });

  it('refers to nothing that is not in it', () => {
    const text = JSON.stringify(document);
    const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !Object.hasOwn(document.components.schemas, name ?? ''))).toEqual([]);
  });

  it('names every path that changes state as one that takes the token', () => {
    const changing = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) =>
        security?.some((way) => 'token' in way) ? [`${method} ${path}`] : [],
      ),
    );
    expect(changing).toEqual([
      'put /api/models/{name}/pin',
      'post /api/models/{name}/cool',
      'post /api/cool',
      'put /api/settings',
      'post /api/config/reload',
    ]);
  });
});

describe('a shape of the contract', () => {
  interface Toast {
    slices: number;
    burnt?: boolean;
  }

  it('compiles as it is', () => {
    const toast = heldTo<Toast>()(z.object({ slices: z.number(), burnt: z.boolean().exactOptional() }));
    expect(toast.safeParse({ slices: 2 }).success).toBe(true);
  });

  it('does not with a field missing, one too many, or one of another type', () => {
    // @ts-expect-error a field is missing
    heldTo<Toast>()(z.object({ slices: z.number() }));
    // @ts-expect-error one is too many
    heldTo<Toast>()(z.object({ slices: z.number(), burnt: z.boolean().exactOptional(), jam: z.string() }));
    // @ts-expect-error one is of another type
    heldTo<Toast>()(z.object({ slices: z.string(), burnt: z.boolean().exactOptional() }));
    // @ts-expect-error one is not always there
    heldTo<Toast>()(z.object({ slices: z.number().exactOptional(), burnt: z.boolean().exactOptional() }));
    expect(heldTo<number>()(z.number()).parse(2)).toBe(2);
  });
});
