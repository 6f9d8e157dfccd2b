import type { CatalogModel } from '../chain/catalog.ts';
import type { Json, JsonObject } from '../chat/types.ts';
import { ApiError } from '../errors.ts';
import type { Live } from '../live-config.ts';

/** A model in OpenAI's shape and Anthropic's at once, with what Toaster knows besides. `created`: seconds since 1970. */
export function modelObject({ name, chain, council, paid }: CatalogModel, created: number): JsonObject {
  const [link] = chain;
  const toaster: Record<string, Json> = link
    ? {
        weights: link.weights.id,
        runtime: link.runtime,
        size_gb: link.weights.size_gb,
        context: link.weights.context,
        ...(paid && { paid }),
        chain: chain.map(({ model }) => model),
      }
    : { council, chain: [name] };
  const anthropic = {
    type: 'model',
    display_name: name,
    created_at: new Date(created * 1000).toISOString(),
    max_input_tokens: link?.weights.context ?? null,
  };
  return { id: name, object: 'model', created, owned_by: 'toaster', ...anthropic, ...toaster };
}

/** All of them, as both APIs list them. Nobody has so many models that pages were needed. */
export function modelList({ catalog }: Live, created: number): JsonObject {
  const data = [...catalog.values()].map((model) => modelObject(model, created));
  const ids = [...catalog.keys()];
  return {
    object: 'list',
    data,
    has_more: false,
    first_id: ids.at(0) ?? null,
    last_id: ids.at(-1) ?? null,
  };
}

/** The model of that name. Throws `ApiError` 404 that lists the models. */
export function findModel({ catalog }: Live, name: string): CatalogModel {
  const model = catalog.get(name);
  if (model) return model;
  const known = [...catalog.keys()].join(', ');
  throw new ApiError(404, `There is no model "${name}". There are ${known}.`, {
    param: 'model',
    code: 'model_not_found',
  });
}
