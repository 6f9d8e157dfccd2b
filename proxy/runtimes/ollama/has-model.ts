import * as z from 'zod';
import type { OllamaHttp } from './http.ts';

const LIMIT_S = 2;
const tags = z.object({ models: z.array(z.object({ name: z.string() })) });

/** Whether Ollama has a model on its disk. Throws `LinkFailure` when it does not answer. */
export async function hasModel(http: OllamaHttp, name: string): Promise<boolean> {
  const full = name.includes(':') ? name : `${name}:latest`;
  const { models } = tags.parse(await http.getJson('/api/tags', LIMIT_S));
  return models.some((model) => model.name === full);
}
