import type { Complete, CompleteLink, JsonObject } from '../chat/types.ts';
import { chainOf } from '../config/links.ts';
import { isPaid } from '../config/remote.ts';
import { type Config, isCouncil } from '../config/schema.ts';
import type { Concurrency } from '../council/concurrency.ts';
import type { CouncilTools, Seat } from '../council/seat.ts';
import { withCouncil } from '../council/with-council.ts';
import { type RoomTools, withRoom } from '../memory/with-room.ts';
import type { Link, Runtime } from '../runtimes/types.ts';
import type { Rest } from './rest.ts';
import { withAbility } from './with-ability.ts';
import { withFallback } from './with-fallback.ts';
import { withFirstCall } from './with-first-call.ts';
import { withForcedTool } from './with-forced-tool.ts';
import { hopeless, withPromptLimit } from './with-prompt-limit.ts';
import { withTimeouts } from './with-timeouts.ts';

/** A model that can be asked: how it answers, and what a client may know about it. */
export interface CatalogModel {
  name: string;
  complete: Complete;
  /** Empty for a council. */
  chain: Link[];
  /** The models that a council asks, its chairman last. */
  council: string[];
  /** It costs money to ask it, be it one member of a council. */
  paid: boolean;
  /** Whether API clients get the cache without asking for it. */
  cached: boolean;
  /** What decides the answer besides the request, for the cache's key; null when the answer must not be cached. */
  identify(): Promise<JsonObject | null>;
}

interface CatalogTools extends RoomTools {
  runtimes: ReadonlyMap<string, Runtime>;
  rest: Rest;
  concurrency: Concurrency;
  /** Monotonic, in ms. */
  now: () => number;
}

/** Composes what every model of the config does with a request. */
export function buildCatalog(config: Config, tools: CatalogTools): ReadonlyMap<string, CatalogModel> {
  const catalog = new Map<string, CatalogModel>();
  for (const [name, model] of Object.entries(config.models))
    if (!isCouncil(model)) catalog.set(name, single(config, name, model.cache, tools));
  for (const [name, model] of Object.entries(config.models)) {
    if (!isCouncil(model)) continue;
    const council = [...model.members.map((seat) => seat.model), model.chairman];
    const complete = withCouncil(model, councilTools(catalog, tools));
    const paid = council.some((one) => isPaid(config, one));
    catalog.set(name, {
      name,
      complete,
      chain: [],
      council,
      paid,
      cached: false,
      identify: async () => null,
    });
  }
  return catalog;
}

function single(config: Config, name: string, cached: boolean, tools: CatalogTools): CatalogModel {
  const chain = chainOf(config, name);
  const steps = chain.map((link, index) => {
    const timely = withTimeouts(completeOn(link, tools), link, tools.turns.of(link.weights.id));
    const roomed = withRoom(timely, link, chain.slice(index + 1), tools);
    return { link, complete: withAbility(withPromptLimit(roomed, link), link, tools.runtimes) };
  });
  const complete = withForcedTool(withFirstCall(withFallback(steps, tools)));
  const paid = isPaid(config, name);
  return { name, complete, chain, council: [], paid, cached, identify: () => identity(chain[0], tools) };
}

/** What councils know of models and memory. */
function councilTools(
  catalog: ReadonlyMap<string, CatalogModel>,
  { room, ledger, concurrency, now }: CatalogTools,
): CouncilTools {
  const linkOf = (model: string): Link => catalog.get(model)?.chain[0] ?? nobody(model);
  return {
    seat: (model): Seat => {
      const { weights, settings } = linkOf(model);
      const complete: Complete = catalog.get(model)?.complete ?? nobody(model);
      return {
        model,
        weights: weights.id,
        context: weights.context,
        maxTokens: settings.max_tokens ?? null,
        refusal: (messages) => hopeless(messages, model, weights.context),
        complete,
      };
    },
    fit: (members, chairman) => room.fit(members.map(linkOf), linkOf(chairman)),
    reserve: (models) => ledger.reserve(models.map((model) => linkOf(model).weights.id)),
    concurrency,
    now,
  };
}

function completeOn(link: Link, { runtimes }: CatalogTools): CompleteLink {
  const complete = runtimes.get(link.runtime)?.complete(link) ?? nobody(link.model);
  return (request, signal) => complete(withSystem(request, link.settings.system), signal);
}

function withSystem<T extends Parameters<CompleteLink>[0]>(request: T, system: string | undefined): T {
  if (system === undefined || request.task || request.messages.some(({ role }) => role === 'system'))
    return request;
  return { ...request, messages: [{ role: 'system', text: system }, ...request.messages] };
}

async function identity(link: Link | undefined, { runtimes }: CatalogTools): Promise<JsonObject | null> {
  if (!link) return null;
  const digest = await runtimes.get(link.runtime)?.digest(link.weights);
  if (!digest) return null;
  const { think, system, max_tokens, temperature, top_p, top_k, min_p } = link.settings;
  const settings = { think, system, max_tokens, temperature, top_p, top_k, min_p };
  const known = Object.entries(settings).filter(
    (entry): entry is [string, string | number | boolean] => entry[1] !== undefined,
  );
  return { digest, context: link.weights.context, ...Object.fromEntries(known) };
}

/** The config's check has made sure that this is never asked. */
function nobody(model: string): never {
  throw new Error(`The config names ${model}, which nothing can answer for.`);
}
