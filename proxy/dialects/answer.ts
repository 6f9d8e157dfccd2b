import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CacheUse, ChatRequest } from '../chat/types.ts';
import { HEADERS } from '../contract.ts';
import { guardJson } from '../guard.ts';
import { asApiError } from '../http/conduct.ts';
import { findModel } from '../http/models.ts';
import { readJson } from '../http/read-body.ts';
import type { Service } from '../service.ts';
import { promptFacts } from '../telemetry/prompt.ts';
import type { Dialect, Understood } from './dialect.ts';

/** A request in one of the dialects: reads, asks and answers it, and logs it, whatever happens. */
export async function answerIn(
  dialect: Dialect,
  service: Service,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const exchange = service.begin('api', req.headers);
  let understood: Understood;
  try {
    guardJson(req.headers);
    const json = await readJson(req, res, service.parts.bodyIdleMs);
    exchange.receipt.asked(namedModel(json), { hash: '', chars: 0 });
    understood = dialect.parse(json);
    const { model, messages, task } = understood.request;
    exchange.receipt.asked(model, promptFacts(messages, task), task?.kind);
    exchange.client = { user: understood.user, metadata: understood.metadata };
    findModel(exchange.live, model);
  } catch (error) {
    return exchange.refuse(asApiError(error), res, dialect.refusal(res, exchange.now));
  }
  const { ignored, user } = understood;
  if (ignored.length > 0) res.setHeader(HEADERS.ignoredParams, ignored.join(', '));
  const model = findModel(exchange.live, understood.request.model);
  const request: ChatRequest = {
    ...understood.request,
    id: exchange.id,
    strict: header(req, HEADERS.strict) === '1',
    room: header(req, HEADERS.force) === '1' ? 'force' : 'plan',
    cache: cacheUse(req, model.cached),
    from: { client: clientOf(req, user), watched: false },
  };
  await exchange.serve(model, request, res, understood.writer(res, exchange.now));
}

/** Node makes one text of a header that is sent twice, but for those that only servers send. */
function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name.toLowerCase()];
  return typeof value === 'string' ? value : undefined;
}

/** API clients opt in, by header or in the config; HTTP's own words can only take away from that. */
function cacheUse(req: IncomingMessage, byConfig: boolean): CacheUse {
  const wanted = byConfig || header(req, HEADERS.cache)?.toLowerCase() === 'use';
  const control = header(req, 'cache-control')?.toLowerCase() ?? '';
  const store = !control.includes('no-store');
  return { read: wanted && store && !control.includes('no-cache'), write: wanted && store };
}

/** Takes turns with others as one client: a program, by its key and for its user. */
const clientOf = ({ headers }: IncomingMessage, user: string | null): string =>
  `api ${headers['user-agent']} ${headers.authorization ?? headers['x-api-key']} ${user}`;

/** For the log line of a request that is refused before it is understood. */
function namedModel(json: unknown): string {
  return typeof json === 'object' && json !== null && 'model' in json && typeof json.model === 'string'
    ? json.model.slice(0, 100)
    : '';
}
