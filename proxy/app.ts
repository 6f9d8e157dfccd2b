import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { reloadConfig } from './admin/reload.ts';
import { changeSettings, settingsOf } from './admin/settings.ts';
import { requireToken } from './admin/token.ts';
import { coolAll, coolModel, pinModel } from './admin/warmth.ts';
import { handleAsk } from './ask/handle.ts';
import { sayError } from './ask/say-error.ts';
import { StderrStreams } from './ask/stderr-streams.ts';
import { configJsonSchema } from './config/json-schema.ts';
import { HEADERS, type Health } from './contract.ts';
import { answerIn } from './dialects/answer.ts';
import { countTokens } from './dialects/anthropic/count-tokens.ts';
import { OLLAMA_ELSEWHERE, ollamaHandlers } from './dialects/ollama/handlers.ts';
import { dialectAt } from './dialects/registry.ts';
import { notKept } from './dialects/responses/not-kept.ts';
import { ApiError } from './errors.ts';
import { type Guard, guardAsk, guardJson } from './guard.ts';
import { asApiError } from './http/conduct.ts';
import { type EventSources, sendEvents } from './http/events.ts';
import { findModel, modelList, modelObject } from './http/models.ts';
import { readJson } from './http/read-body.ts';
import { parseRequestsQuery } from './http/requests-query.ts';
import { uiPage } from './http/ui.ts';
import { sendError } from './http/write.ts';
import { statusOf } from './memory/status.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { OpenApi } from './openapi/document.ts';
import type { Paths } from './paths.ts';
import type { Service } from './service.ts';
import { parseSpan, statsOf } from './stats/stats-of.ts';
import { stressPage } from './stress/page.ts';
import { requestsPage } from './telemetry/requests-page.ts';
import { VERSION } from './version.ts';

export interface AppParts {
  service: Service;
  /** Of the address that is served. */
  guard: Guard;
  events: EventSources;
  metrics: Metrics;
  paths: Paths;
  /** The folder of the built page, when it is not where it is built. */
  ui: string | undefined;
  /** When it started, in seconds since 1970. */
  startedAt: number;
}

/** Nothing is taken for another type than it has, and old browsers embed nothing in others' pages. */
const UNTOUCHED = { 'X-Content-Type-Options': 'nosniff', 'Cross-Origin-Resource-Policy': 'same-origin' };

const ASK_HEADER = HEADERS.ask.toLowerCase();

/** The report brings its styles along, and nothing else. */
const REPORT_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** Every route behind the guard. Those for answers come before Express: there each layer is felt. */
export function createListener(parts: AppParts): RequestListener {
  const { service, guard } = parts;
  const app = createApp(parts);
  return (req, res) => {
    try {
      guard.check(req);
    } catch (error) {
      fail(error, req, res);
      return;
    }
    const dialect = req.method === 'POST' ? dialectAt(req.url ?? '') : undefined;
    if (dialect) void answerIn(dialect, service, req, res).catch((error: unknown) => fail(error, req, res));
    else app(req, res);
  };
}

/** Every other route. */
export function createApp({ service, events, metrics, paths, ui, startedAt }: AppParts): Express {
  const app = express();
  const streams = new StderrStreams();
  let openApi: OpenApi | undefined;
  const { live, clock, memory, warmth, codes, rollUp, token, bodyIdleMs } = service.parts;
  const jsonOf = (req: Request, res: Response) => readJson(req, res, bodyIdleMs);
  const ollama = ollamaHandlers(service.parts, jsonOf, startedAt);
  const admin = (req: Request, _res: Response, next: NextFunction) => {
    requireToken(req.get('authorization'), token.value, token.file);
    next();
  };
  const askOnly = (req: Request, _res: Response, next: NextFunction) => {
    guardAsk(req.headers);
    next();
  };
  app.disable('x-powered-by').disable('etag');
  app.use((_req, res, next) => {
    res.set(UNTOUCHED);
    next();
  });
  app.get('/', (req, res) => {
    if (req.accepts(['text', 'html']) === 'html') res.redirect('/ui/');
    else res.type('text').send(`Toaster ${VERSION} is running. Try: ask --help\n`);
  });
  app.use('/ui', uiPage(ui));
  app.get('/health', (_req, res) => void res.json(health(clock.wall() - startedAt)));
  app.get('/metrics', async (_req, res) => {
    const { type, text } = await metrics.tell();
    res.set('Content-Type', type).send(text);
  });
  app.get('/v1/models', (_req, res) => {
    res.json(modelList(live.current, Math.floor(startedAt)));
  });
  app.get('/v1/models/:id', (req, res) => {
    res.json(modelObject(findModel(live.current, req.params.id), Math.floor(startedAt)));
  });
  app.use('/v1/responses', ({ method, originalUrl }) => {
    throw notKept(method, originalUrl);
  });
  app.post('/v1/messages/count_tokens', (req, res) => countTokens(service, req, res));
  app.post('/ask', askOnly, (req, res) => handleAsk(service, streams, req, res));
  app.get('/ask/:id/stderr', askOnly, (req, res) => streams.read(String(req.params.id), res));
  app.get(
    '/api/status',
    async (_req, res) => void res.json(await statusOf(memory, live.current.config, clock.wall())),
  );
  app.get('/api/requests', async (req, res) => {
    const { requests, next } = await requestsPage(paths.log, parseRequestsQuery(req, live.current));
    res.json({ requests, next });
  });
  app.get('/api/stats', async (req, res) => {
    const { prices } = live.current.config;
    res.json(await statsOf(rollUp, parseSpan(req.query.span), prices, clock.wall()));
  });
  app.get('/api/memory/history', ({ query: { span } }, res) => {
    res.json({ minutes: memory.history.minutes(span === undefined ? null : parseSpan(span)) });
  });
  app.get('/api/events', (req, res) => sendEvents(req, res, events));
  app.post('/api/session', async (req, res) => {
    guardJson(req.headers);
    res.set('Cache-Control', 'no-store').json(codes.redeem(await jsonOf(req, res), token.value));
  });
  app.get('/api/settings', (_req, res) => void res.json(settingsOf(live, paths)));
  app.put('/api/settings', admin, async (req, res) => {
    res.json(changeSettings(live, paths, await jsonOf(req, res)));
  });
  app.get(
    '/api/stress/report',
    (_req, res) => void res.set(REPORT_HEADERS).type('html').send(stressPage(service.stress.last)),
  );
  app.put('/api/models/:name/pin', admin, async (req, res) => {
    const { name } = findModel(live.current, String(req.params.name));
    res.json(pinModel(memory, warmth, name, await jsonOf(req, res)));
  });
  app.post('/api/models/:name/cool', admin, async (req, res) => {
    res.json(await coolModel(memory, warmth, findModel(live.current, String(req.params.name)).name));
  });
  app.post('/api/cool', admin, async (_req, res) => void res.json(await coolAll(memory, warmth)));
  app.post('/api/config/reload', admin, (_req, res) => void res.json(reloadConfig(live)));
  // Ollama's own, for clients that look for models there; none of their names is one of those above.
  app.get('/api/version', ollama.version);
  app.get('/api/tags', ollama.tags);
  app.get('/api/ps', ollama.ps);
  app.post('/api/show', ollama.show);
  app.all(OLLAMA_ELSEWHERE, ollama.elsewhere);
  app.get('/config.schema.json', (_req, res) => void res.json(configJsonSchema()));
  app.get('/openapi.json', async (_req, res) => {
    // Few ask for it, and a start does not wait for it.
    const { openApiDocument } = await import('./openapi/document.ts');
    openApi ??= openApiDocument();
    res.json(openApi);
  });

  app.use((req) => {
    throw new ApiError(
      404,
      `There is no ${req.method} ${req.path}. The API is at /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/responses, /v1/messages and /v1/models.`,
      {
        code: 'not_found',
      },
    );
  });
  // Express knows an error handler by its four parameters.
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => fail(error, req, res));
  return app;
}

/** Tells an error to whoever asks: the shim reads it from headers, all others as JSON. */
function fail(error: unknown, { headers, url = '' }: IncomingMessage, res: ServerResponse): void {
  if (res.headersSent) res.destroy();
  else if (headers[ASK_HEADER] === '1' && url.startsWith('/ask')) sayError(res, asApiError(error));
  else sendError(res, asApiError(error));
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
