import * as z from 'zod';
import { requestsQuery } from '../../http/requests-query.ts';
import { type Group, HTML_TYPE, json, SSE_TYPE } from '../group.ts';
import { baseShapes, span } from '../shapes/base.ts';
import { logLine, logShapes, requestsPage } from '../shapes/log-line.ts';
import { stats, statsShapes } from '../shapes/stats.ts';
import { memoryMinute, memorySample, pressure, status, statusShapes } from '../shapes/status.ts';

const spanQuery = z.object({ span: span.describe('How far back.') });

/** What the window and scripts read. */
export const watching: Group = {
  name: 'Watching',
  about: 'What is in memory, who was asked, and whether it pays off. Nothing here changes anything.',
  operations: [
    {
      method: 'get',
      path: '/api/status',
      id: 'getStatus',
      summary: 'Memory and models at this moment',
      answers: { 200: json('The status.', status) },
    },
    {
      method: 'get',
      path: '/api/requests',
      id: 'listRequests',
      summary: 'The log, newest first',
      description: 'A page may be short and yet not be the last: go on until `next` is null.',
      query: requestsQuery,
      answers: { 200: json('A page of the log.', requestsPage) },
    },
    {
      method: 'get',
      path: '/api/stats',
      id: 'getStats',
      summary: 'The log in numbers',
      query: spanQuery,
      answers: { 200: json('Counts and latencies, as a whole, in steps, and by model.', stats) },
    },
    {
      method: 'get',
      path: '/api/memory/history',
      id: 'getMemoryHistory',
      summary: 'A week of memory',
      query: z.object({ span: span.exactOptional().describe('Left out: the last day by the minute.') }),
      answers: { 200: json('Oldest first.', z.object({ minutes: z.array(memoryMinute) })) },
    },
    {
      method: 'get',
      path: '/api/events',
      id: 'streamEvents',
      summary: 'All that happens, as it happens',
      description:
        '`pressure` and `memory` come at the beginning, `status` soon after, and each of them with every change; `request` comes with each new line of the log. Only `request` has an id: a client that comes back with it as `Last-Event-ID` hears what it missed, or `reset` when that is not known any more. A comment every 15 s is a sign of life.',
      query: z.object({
        quiet: z
          .string()
          .exactOptional()
          .describe('With any value memory is measured no more often than without this client.'),
      }),
      headers: z.object({
        'Last-Event-ID': z.string().exactOptional().describe('The id of the last event.'),
      }),
      answers: {
        200: {
          description: 'Events, until the client leaves.',
          content: {
            [SSE_TYPE]: {
              schema: z.string().describe('Named events, each with one line of JSON.'),
              events: { status, request: logLine, memory: memorySample, pressure, reset: z.strictObject({}) },
            },
          },
        },
      },
    },
    {
      method: 'get',
      path: '/api/stress/report',
      id: 'getStressReport',
      summary: 'The page of the last stress test',
      answers: {
        200: {
          description: 'A page that needs nothing else; before the first test it says how to run one.',
          content: { [HTML_TYPE]: { schema: z.string() } },
        },
      },
    },
  ],
  shapes: { ...statusShapes, ...logShapes, ...statsShapes, ...baseShapes },
};
