import type { CatalogModel } from '../chain/catalog.ts';
import type { Json, JsonObject } from '../chat/types.ts';
import { ApiError } from '../errors.ts';
import type { Live } from '../live-config.ts';

/** A model in OpenAI's shape, with what Toaster knows besides. `created`: seconds since 1970. */
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
  return { id: name, object: 'model', created, owned_by: 'toaster', ...toaster };
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
