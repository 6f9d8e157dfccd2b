import * as z from 'zod';
import { AS_WELL } from '../dialects/as-well.ts';

/** A piece of JSON Schema. */
export type Schema = { [key: string]: unknown };

/** Ids of those without a name begin with it; names never do. */
const UNNAMED = '~';
const PLACE = '#/components/schemas/';

/** Schemas of one document: each is put into JSON Schema once, and referred to by its name where it has one. */
export class NamedSchemas {
  readonly #registry = z.registry<{ id: string }>();
  #unnamed = 0;

  /** Gives it a name. Throws when another has it. */
  name(id: string, schema: z.ZodType): void {
    if (!this.#registry.has(schema)) this.#registry.add(schema, { id });
    else if (this.#registry.get(schema)?.id !== id) throw new Error(`${id} has another name already`);
  }

  /** What stands for it in the document until `write` has its content. */
  use(schema: z.ZodType): Schema {
    if (!this.#registry.has(schema)) {
      this.#unnamed += 1;
      this.#registry.add(schema, { id: `${UNNAMED}${this.#unnamed}` });
    }
    return { $ref: `${PLACE}${this.#registry.get(schema)?.id}` };
  }

  /** The content of all: `schemas` by their names, and `inline`, which puts those without one where they are used. */
  write(): { schemas: Record<string, Schema>; inline(schema: Schema): Schema } {
    const { schemas } = z.toJSONSchema(this.#registry, {
      // Nothing forbids a newer Toaster to say more; bodies that refuse what they do not know say so.
      io: 'input',
      unrepresentable: 'any',
      uri: (id) => PLACE + id,
    });
    const { __shared: shared, ...all } = JSON.parse(JSON.stringify(schemas)) as Record<string, Schema>;
    mustBeJson(shared);
    const clean = Object.fromEntries(
      Object.entries(all).map(([id, { $schema: _, $id: __, ...schema }]) => [id, tidy(schema)]),
    );
    return {
      schemas: Object.fromEntries(Object.entries(clean).filter(([id]) => !id.startsWith(UNNAMED))),
      inline(schema) {
        const id = String(schema.$ref).slice(PLACE.length);
        return id.startsWith(UNNAMED) ? (clean[id] ?? {}) : schema;
      },
    };
  }
}

/** zod puts recursive schemas aside, and the only one here is "any JSON value", which JSON Schema writes `{}`. */
function mustBeJson(shared: Schema | undefined): void {
  for (const schema of Object.values((shared?.$defs ?? {}) as Record<string, Schema>))
    if (!Array.isArray(schema.anyOf) || schema.anyOf.length !== 6)
      throw new Error('a recursive schema needs a name of its own in a group');
}

/** Without what says nothing to a reader: ids, the bounds of what JavaScript can count, and that names are texts. */
function tidy(node: Schema): Schema {
  if (String(node.$ref).startsWith(`${PLACE}__shared`)) return {};
  const { [AS_WELL]: other, ...form } = node;
  if (other !== undefined) return { anyOf: [tidy(form), other] };
  const kept = Object.entries(node).filter(
    ([key, value]) =>
      !(/^(min|max)imum$/.test(key) && Math.abs(Number(value)) === Number.MAX_SAFE_INTEGER) &&
      !(key === 'propertyNames' && JSON.stringify(value) === '{"type":"string"}'),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, tidyAny(value)]));
}

function tidyAny(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidyAny);
  return typeof value === 'object' && value !== null ? tidy(value as Schema) : value;
}
