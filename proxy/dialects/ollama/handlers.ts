import type { Request, Response } from 'express';
import type { Json } from '../../chat/types.ts';
import { ApiError } from '../../errors.ts';
import { findModel } from '../../http/models.ts';
import { statusOf } from '../../memory/status.ts';
import type { ServiceParts } from '../../service.ts';
import { shown, type Tag, tagOf } from './describe.ts';
import { running } from './running.ts';
import { OLLAMA_VERSION } from './version.ts';

type Handler = (req: Request, res: Response) => void | Promise<void>;

/** What Ollama has besides: it answers, or changes what is on the disk. */
export const OLLAMA_ELSEWHERE = [
  ...['/api/chat', '/api/generate', '/api/embed', '/api/embeddings'],
  ...['/api/pull', '/api/push', '/api/create', '/api/copy', '/api/delete', '/api/blobs/:digest'],
];

/**
 * Ollama's read-only endpoints, for clients that look for models by them; they speak to these models at `/v1`. Nothing is
 * asked of a model here and nothing changes, so `show` takes any content type, as Ollama does.
 */
export function ollamaHandlers(
  { live, memory, clock }: Pick<ServiceParts, 'live' | 'memory' | 'clock'>,
  jsonOf: (req: Request, res: Response) => Promise<Json>,
  startedAt: number,
): Record<'version' | 'tags' | 'ps' | 'show' | 'elsewhere', Handler> {
  const tags = (): Promise<Tag[]> => {
    const { current } = live;
    return Promise.all([...current.catalog.values()].map((model) => tagOf(model, current, startedAt)));
  };
  return {
    version: (_req, res) => void res.json({ version: OLLAMA_VERSION }),
    tags: async (_req, res) => void res.json({ models: await tags() }),
    ps: async (_req, res) => {
      const wall = clock.wall();
      const status = await statusOf(memory, live.current.config, wall);
      res.json({ models: running(status, await tags(), wall) });
    },
    show: async (req, res) => {
      const { current } = live;
      const model = findModel(current, namedIn(await jsonOf(req, res)));
      res.json(shown(await tagOf(model, current, startedAt)));
    },
    elsewhere: (req) => {
      throw new ApiError(
        501,
        `Of Ollama's API only what lists models is here, and no ${req.method} ${req.path}. Ask models at /v1, as OpenAI's API has it; get and remove them with ask --pull and ollama itself.`,
        { code: 'not_implemented' },
      );
    },
  };
}

/** `model`, or `name` as clients used to call it; Ollama's own tag for none is taken for none. Throws `ApiError` 400. */
function namedIn(json: Json): string {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
    const { model = json.name } = json;
    if (typeof model === 'string' && model !== '') return model.replace(/:latest$/, '');
  }
  throw new ApiError(400, 'Name the model: {"model":"fast-9b"}.', { param: 'model' });
}
