import * as z from 'zod';
import { LinkFailure } from '../../errors.ts';
import { errorOfText } from './error-of.ts';
import type { OpenaiHttp } from './http.ts';

const LIMIT_S = 3;

/** What `GET /models` lists, as far as it is used. `status`: llama-server's that holds several models in turn. */
const answer = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      owned_by: z.string().nullish(),
      aliases: z.array(z.string()).nullish(),
      status: z.object({ value: z.string() }).nullish(),
    }),
  ),
});
export type Listed = z.output<typeof answer>['data'][number];

/** The models that a server says it has. Throws `LinkFailure`; also when it does not say. */
export async function listModels(http: OpenaiHttp): Promise<Listed[]> {
  const { status, text } = await http.get('/models', LIMIT_S);
  if (status === 401 || status === 403)
    throw new LinkFailure(
      'unauthorized',
      `${http.host} refuses the key (${status}: ${errorOfText(text).message})`,
    );
  const parsed = status === 200 ? answer.safeParse(jsonOf(text)) : null;
  if (parsed?.success) return parsed.data.data;
  throw new LinkFailure('http_5xx', `${http.host} does not list its models (${status} for /models)`);
}

/** JSON, or null for what is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whether the list has a model of that name. A llama-server with one model answers to every name. */
export function lists(models: readonly Listed[], name: string): boolean {
  const [only] = models;
  if (models.length === 1 && only?.owned_by === 'llamacpp' && !only.status) return true;
  return models.some(({ id, aliases }) => id === name || aliases?.includes(name));
}
