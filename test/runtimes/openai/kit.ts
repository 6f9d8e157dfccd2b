import { onTestFinished } from 'vitest';
import type { ChatRequest, RuntimeEvent } from '../../../proxy/chat/types.ts';
import type { OpenaiConfig } from '../../../proxy/config/schema.ts';
import { Openai } from '../../../proxy/runtimes/openai/runtime.ts';
import type { SecretSources } from '../../../proxy/runtimes/openai/secrets.ts';
import type { Link } from '../../../proxy/runtimes/types.ts';
import { FakeOpenai, type FakeOptions } from '../../fake-openai/server.ts';
import { chatRequest, collect, never } from '../../helpers/requests.ts';

/** A link on the fake's model. */
export function link(fields: Partial<Link> = {}, name = 'm-1'): Link {
  return {
    model: 'big',
    runtime: 'box',
    weights: { id: 'w', name, size_gb: 1, context: 4096, parallel: 2 },
    settings: { on_tight: 'load', on_no_room: 'demote' },
    keepAliveS: 300,
    timeouts: { connect: 1, firstToken: 60, load: 60, idle: 60 },
    ...fields,
  };
}

export interface Box {
  fake: FakeOpenai;
  runtime: Openai;
  warnings: string[];
  ask(text: string, fields?: Partial<ChatRequest>, at?: Link): Promise<RuntimeEvent[]>;
}

export const SECRET = 'sk-very-secret-0123456789';

/** A fake server and the runtime on it, until the test ends. */
export async function startBox({
  config = {},
  sources = { env: { BOX_KEY: SECRET }, keychain: async () => SECRET },
  ...fakeOptions
}: Partial<FakeOptions> & { config?: Partial<OpenaiConfig>; sources?: SecretSources } = {}): Promise<Box> {
  const fake = await FakeOpenai.start({ models: ['m-1'], ...fakeOptions });
  const warnings: string[] = [];
  const runtime = new Openai(
    { kind: 'openai', url: fake.url, headers: {}, paid: false, ...config },
    (message) => void warnings.push(message),
    sources,
  );
  onTestFinished(async () => {
    await runtime.close();
    await fake.close();
  });
  const ask: Box['ask'] = (text, fields = {}, at = link()) =>
    collect(runtime.complete(at)(chatRequest(text, fields), never()));
  return { fake, runtime, warnings, ask };
}

/** What a promise is rejected with. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => new Error('it did not fail'),
    (error: unknown) => error,
  );

export const finishOf = (events: RuntimeEvent[]) => events.find((event) => event.type === 'finish');
