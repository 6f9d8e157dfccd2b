import { asResponse, type Chatting, chat, Refusal, readKeepAlive } from './chat.ts';

/**
 * `/api/generate` for a model that exists: without a prompt it only loads, or unloads; with one the text goes on. Throws
 * `Refusal`.
 */
export async function generate(chatting: Chatting): Promise<void> {
  const { model, body } = chatting;
  const { prompt = '', suffix = '' } = body;
  const unloads = prompt === '' && readKeepAlive(body) === 0;
  if (!unloads && model.capabilities.includes('embedding'))
    throw new Refusal(400, `"${model.name}" does not support generate`);
  if (suffix !== '' && !model.capabilities.includes('insert'))
    throw new Refusal(400, `registry.ollama.ai/library/${model.name} does not support insert`);
  // Raw, it forgets about the suffix.
  const content = suffix === '' || body.raw ? prompt : `${prompt}<fill>${suffix}`;
  const messages = prompt === '' ? [] : [{ role: 'user', content }];
  await chat({ ...chatting, body: { ...body, messages }, dress: asResponse });
}
