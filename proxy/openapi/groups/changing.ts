import * as z from 'zod';
import { sessionBody } from '../../admin/session-codes.ts';
import { settingsBody } from '../../admin/settings.ts';
import { pinBody } from '../../admin/warmth.ts';
import { type Group, json } from '../group.ts';
import { session, settings } from '../shapes/admin.ts';
import { cooled } from '../shapes/status.ts';

const named = z.object({ name: z.string().describe('A model with weights of its own: no council.') });
const NO_SUCH_MODEL = 'There is no model of that name, or it is a council.';
const NOT_COOLED = 'A runtime did not let go of the weights.';

/** What changes state, and what gives the token that this takes. */
export const changing: Group = {
  name: 'Changing',
  about:
    'What changes state takes the token: `Authorization: Bearer` with what is in `~/.local/share/ask/admin.token`, which only its owner can read.',
  operations: [
    {
      method: 'put',
      path: '/api/models/{name}/pin',
      id: 'pinModel',
      summary: 'Keep a model warm, or not any more',
      needs: 'token',
      inPath: named,
      body: { type: 'application/json', schema: pinBody },
      answers: {
        200: json(
          'As it is now. Loading may take its time.',
          z.object({ model: z.string(), pinned: z.boolean() }),
        ),
      },
      errors: { 404: NO_SUCH_MODEL },
    },
    {
      method: 'post',
      path: '/api/models/{name}/cool',
      id: 'coolModel',
      summary: 'Unpin and unload a model',
      description: 'It answers when the memory is free.',
      needs: 'token',
      inPath: named,
      answers: { 200: json('It is gone.', z.object({ model: z.string(), state: z.literal('cold') })) },
      errors: { 404: NO_SUCH_MODEL, 409: 'It is answering (`busy`).', 502: NOT_COOLED, 503: NOT_COOLED },
    },
    {
      method: 'post',
      path: '/api/cool',
      id: 'coolAll',
      summary: 'Unpin and unload everything that is idle',
      needs: 'token',
      answers: { 200: json('What left, and what stays.', cooled) },
      errors: { 502: `${NOT_COOLED} (\`not_cooled\`)` },
    },
    {
      method: 'get',
      path: '/api/settings',
      id: 'getSettings',
      summary: 'The settings that the window can change',
      answers: { 200: json('As they are in force.', settings) },
    },
    {
      method: 'put',
      path: '/api/settings',
      id: 'changeSettings',
      summary: 'Change settings',
      description: 'They are written into the config file, whose comments stay, and are in force at once.',
      needs: 'token',
      body: { type: 'application/json', schema: settingsBody },
      answers: { 200: json('As they are in force now.', settings) },
      errors: { 409: 'The file is broken (`invalid_config`) or cannot be written (`config_not_writable`).' },
    },
    {
      method: 'post',
      path: '/api/config/reload',
      id: 'reloadConfig',
      summary: 'Read the config anew',
      description: 'A file that cannot be used is a 400 that says why; the old config stays in force.',
      needs: 'token',
      answers: { 200: json('The models that there are now.', z.object({ models: z.array(z.string()) })) },
    },
    {
      method: 'post',
      path: '/api/session',
      id: 'openSession',
      summary: 'The token, for a code of `ask --open`',
      body: { type: 'application/json', schema: sessionBody },
      answers: {
        200: json('The code is used up.', session, z.object({ 'Cache-Control': z.literal('no-store') })),
      },
      errors: {
        401: 'The code is wrong, used or older than a minute (`invalid_code`).',
        429: 'Too many wrong codes (`too_many_codes`); `Retry-After` says how long to wait.',
      },
    },
  ],
  shapes: { Settings: settings },
};
