import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { reloadConfig } from './admin/reload.ts';
import { requireToken } from './admin/token.ts';
import { coolModel, pinModel } from './admin/warmth.ts';
import { handleAsk } from './ask/handle.ts';
import { StderrStreams } from './ask/stderr-streams.ts';
import { configJsonSchema } from './config/json-schema.ts';
import type { Health } from './contract.ts';
import { ApiError } from './errors.ts';
import { guardAsk, guardOrigin } from './guard.ts';
import { chatCompletions } from './http/chat-completions.ts';
import { asApiError } from './http/conduct.ts';
import { sendEvents } from './http/events.ts';
import { findModel, modelObject } from './http/models.ts';
import { parseJson, readBody } from './http/read-body.ts';
import { sendError } from './http/write.ts';
import { statusOf } from './memory/status.ts';
import type { Service } from './service.ts';
import { stressPage } from './stress/page.ts';
import { VERSION } from './version.ts';

export interface AppParts {
  service: Service;
  /** When it started, in seconds since 1970. */
  startedAt: number;
}

/** Every route. */
export function createApp({ service, startedAt }: AppParts): Express {
  const app = express();
  const streams = new StderrStreams();
  const { live, clock, memory, warmth, token } = service.parts;
  const admin = (req: Request, _res: Response, next: NextFunction) => {
    requireToken(req.get('authorization'), token.value, token.file);
    next();
  };
  const askOnly = (req: Request, _res: Response, next: NextFunction) => {
    guardAsk(req.headers);
    next();
  };
  app.disable('x-powered-by').disable('etag');
  app.use((req, _res, next) => {
    guardOrigin(req.method, req.headers);
    next();
  });

  // Express looks through the routes in order, so the busiest comes first.
  app.post('/v1/chat/completions', (req, res) => chatCompletions(service, req, res));
  app.get('/', (_req, res) => void res.type('text').send(`Toaster ${VERSION} is running. Try: ask --help\n`));
  app.get('/health', (_req, res) => void res.json(health(clock.wall() - startedAt)));
  app.get('/v1/models', (_req, res) => {
    const data = [...live.current.catalog.values()].map((model) => modelObject(model, Math.floor(startedAt)));
    res.json({ object: 'list', data });
  });
  app.get('/v1/models/:id', (req, res) => {
    res.json(modelObject(findModel(live.current, req.params.id), Math.floor(startedAt)));
  });
  app.post('/ask', askOnly, (req, res) => handleAsk(service, streams, req, res));
  app.get('/ask/:id/stderr', askOnly, (req, res) => streams.read(String(req.params.id), res));
  app.get(
    '/api/status',
    async (_req, res) => void res.json(await statusOf(memory, live.current.config, clock.wall())),
  );
  app.get('/api/memory/history', (_req, res) => void res.json({ minutes: memory.history.minutes() }));
  app.get('/api/events', (_req, res) => sendEvents(res, memory.probe));
  app.get('/api/stress/report', (_req, res) => void res.type('html').send(stressPage(service.stress.last)));
  app.put('/api/models/:name/pin', admin, async (req, res) => {
    const { name } = findModel(live.current, String(req.params.name));
    res.json(pinModel(memory, warmth, name, parseJson(await readBody(req, res))));
  });
  app.post('/api/models/:name/cool', admin, async (req, res) => {
    res.json(await coolModel(memory, warmth, findModel(live.current, String(req.params.name)).name));
  });
  app.post('/api/config/reload', admin, (_req, res) => void res.json(reloadConfig(live)));
  app.get('/config.schema.json', (_req, res) => void res.json(configJsonSchema()));

  app.use((req) => {
    throw new ApiError(
      404,
      `There is no ${req.method} ${req.path}. The API is at /v1/chat/completions and /v1/models.`,
      {
        code: 'not_found',
      },
    );
  });
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    if (res.headersSent) res.destroy();
    else sendError(res, asApiError(error));
  });
  return app;
}

function health(uptime: number): Health {
  return {
    name: 'toaster',
    status: 'ok',
    version: VERSION,
    pid: process.pid,
    uptime_s: Math.round(uptime * 10) / 10,
  };
}
