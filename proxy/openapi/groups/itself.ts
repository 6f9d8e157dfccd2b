import * as z from 'zod';
import { type Group, HTML_TYPE, json, TEXT_TYPE } from '../group.ts';
import { health } from '../shapes/admin.ts';

const somewhere = z.object({ Location: z.literal('/ui/') });

/** What Toaster says about itself. */
export const itself: Group = {
  name: 'Toaster itself',
  about: 'Whether it runs, its page, and its descriptions of itself.',
  operations: [
    {
      method: 'get',
      path: '/',
      id: 'greet',
      summary: 'A greeting; browsers are sent to the page',
      answers: {
        200: { description: 'One line.', content: { [TEXT_TYPE]: { schema: z.string() } } },
        302: {
          description: 'To who accepts HTML before text.',
          headers: somewhere,
          content: { [TEXT_TYPE]: { schema: z.string() }, [HTML_TYPE]: { schema: z.string() } },
        },
      },
    },
    {
      method: 'get',
      path: '/health',
      id: 'getHealth',
      summary: 'Whether it runs',
      description: 'For everybody, also where the address demands a key.',
      open: true,
      answers: { 200: json('It does.', health) },
    },
    {
      method: 'get',
      path: '/metrics',
      id: 'getMetrics',
      summary: 'For Prometheus',
      description: '[Observability](observability.md) says what each metric means.',
      answers: {
        200: {
          description: 'The text format of Prometheus.',
          content: { 'text/plain; version=0.0.4; charset=utf-8': { schema: z.string() } },
        },
      },
    },
    {
      method: 'get',
      path: '/ui/',
      id: 'getPage',
      summary: 'The window, for a browser',
      answers: {
        200: { description: 'The page.', content: { [HTML_TYPE]: { schema: z.string() } } },
        503: {
          description: 'It has not been built: `npm run ui`.',
          content: { [TEXT_TYPE]: { schema: z.string() } },
        },
      },
    },
    {
      method: 'get',
      path: '/config.schema.json',
      id: 'getConfigSchema',
      summary: 'The JSON Schema of the config, for editors',
      answers: {
        200: json('JSON Schema, draft 7.', z.looseObject({ $schema: z.string(), title: z.string() })),
      },
    },
    {
      method: 'get',
      path: '/openapi.json',
      id: 'getOpenapi',
      summary: 'This description',
      answers: {
        200: json('OpenAPI 3.1.', z.looseObject({ openapi: z.literal('3.1.1'), paths: z.looseObject({}) })),
      },
    },
  ],
  shapes: { Health: health },
};
