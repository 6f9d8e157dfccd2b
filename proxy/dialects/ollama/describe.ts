import type { CatalogModel } from '../../chain/catalog.ts';
import type { JsonObject } from '../../chat/types.ts';
import type { Live } from '../../live-config.ts';

/** A logical model as Ollama lists its own: what its weights are, where that is known. Source: Ollama's docs/api.md, "List Local Models". */
export interface Tag extends JsonObject {
  name: string;
  model: string;
  modified_at: string;
  /** Bytes. */
  size: number;
  /** sha256, hex; empty where it is not known. */
  digest: string;
  details: JsonObject;
}

const NO_DETAILS = {
  parent_model: '',
  format: '',
  family: '',
  families: [],
  parameter_size: '',
  quantization_level: '',
};

/** `startedAt`: in seconds since 1970; stands for the age of what is not known. */
export async function tagOf(model: CatalogModel, live: Live, startedAt: number): Promise<Tag> {
  const { name, chain } = model;
  const named = { name, model: name };
  const unknown = new Date(startedAt * 1000).toISOString();
  const [link] = chain;
  // A council has no weights of its own.
  if (!link)
    return {
      ...named,
      modified_at: unknown,
      size: 0,
      digest: '',
      details: NO_DETAILS,
      capabilities: ['completion'],
    };
  const { weights } = link;
  const runtime = live.runtimes.get(link.runtime);
  const [digest, about] = await Promise.all([runtime?.digest(weights), runtime?.about?.(weights)]);
  return {
    ...named,
    modified_at: about?.modifiedAt ?? unknown,
    size: about?.size ?? weights.size_gb * 1e9,
    digest: digest ?? '',
    // The context as it is served here, which is what a client may fill.
    details: { ...NO_DETAILS, ...about?.details, context_length: weights.context },
    ...(about?.capabilities && { capabilities: about.capabilities }),
  };
}

/** `POST /api/show`: the same, as Ollama shows one. Prompt templates and parameters are not told. */
export function shown({ name, model, modified_at, details, capabilities }: Tag): JsonObject {
  const family = typeof details.family === 'string' && details.family !== '' ? details.family : 'unknown';
  return {
    modelfile: `# ${name} of Toaster\nFROM ${model}\n`,
    parameters: '',
    template: '',
    details,
    model_info: {
      'general.architecture': family,
      'general.basename': name,
      ...(details.context_length !== undefined && { [`${family}.context_length`]: details.context_length }),
    },
    ...(capabilities !== undefined && { capabilities }),
    modified_at,
  };
}
