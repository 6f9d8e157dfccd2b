import * as z from 'zod';
import { type Group, json } from '../group.ts';
import { ollamaModel, ollamaRunning, ollamaShown } from '../shapes/dialects.ts';
import { ANSWER_ERRORS } from './answers.ts';

/** What clients look for who find models as Ollama lists them. */
export const ollama: Group = {
  name: 'Models, as Ollama lists them',
  about:
    'For clients that discover models by Ollama’s API: the logical models, with the context that they have here. The rest of that API (`/api/chat`, `/api/generate`, `/api/pull` and so on) is a 501 that says so.',
  operations: [
    {
      method: 'get',
      path: '/api/tags',
      id: 'ollamaTags',
      summary: 'All models',
      answers: { 200: json('They are.', z.object({ models: z.array(ollamaModel) })) },
    },
    {
      method: 'get',
      path: '/api/ps',
      id: 'ollamaPs',
      summary: 'Models in memory',
      answers: { 200: json('They are.', z.object({ models: z.array(ollamaRunning) })) },
    },
    {
      method: 'post',
      path: '/api/show',
      id: 'ollamaShow',
      summary: 'One model',
      description:
        'Takes any content type, as Ollama does: nothing is asked of a model, and nothing changes.',
      body: {
        type: 'application/json',
        schema: z.looseObject({ model: z.string().describe('Or `name`, as it was called first.') }),
      },
      answers: { 200: json('The model.', ollamaShown) },
      errors: { 404: ANSWER_ERRORS[404] },
    },
    {
      method: 'get',
      path: '/api/version',
      id: 'ollamaVersion',
      summary: 'The Ollama that these are like',
      answers: { 200: json('It is not Toaster’s own.', z.object({ version: z.string() })) },
    },
  ],
  shapes: {},
};
