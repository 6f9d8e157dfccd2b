import { VERSION } from '../version.ts';
import type { Group, Operation } from './group.ts';
import { GROUPS } from './groups/all.ts';
import { NamedSchemas } from './named-schemas.ts';
import { type OperationObject, operationObject } from './operation.ts';

/** An OpenAPI document, as far as those look at it who make something of it. */
export interface OpenApi {
  openapi: '3.1.1';
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string; description: string }[];
  tags: { name: string; description: string }[];
  security: Record<string, string[]>[];
  paths: Record<string, Partial<Record<Operation['method'], OperationObject>>>;
  components: { securitySchemes: object; schemas: Record<string, { [key: string]: unknown }> };
}

const ABOUT =
  'A cheap inference tier on a laptop: local models kept warm behind one port, fallback chains, a prompt cache, and the truth about who answered.';

const SECURITY = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description:
      'What is in `~/.local/share/ask/admin.token`. It changes state, and opens where a key is demanded.',
  },
  key: {
    type: 'http',
    scheme: 'bearer',
    description: 'The API key, demanded only where another address than loopback is served (`ASK_HOST`).',
  },
  'x-api-key': {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'The same key, as Anthropic’s clients send it.',
  },
};

/** `GET /openapi.json`: what is served, in OpenAPI 3.1, made of the schemas that requests are read with. */
export function openApiDocument(groups: readonly Group[] = GROUPS): OpenApi {
  const names = new NamedSchemas();
  for (const { shapes } of groups)
    for (const [name, schema] of Object.entries(shapes)) names.name(name, schema);
  const drafts = groups.flatMap((group) =>
    group.operations.map((operation) => ({
      operation,
      write: operationObject(operation, group.name, names),
    })),
  );
  const { schemas, inline } = names.write();
  const paths: OpenApi['paths'] = {};
  for (const { operation, write } of drafts)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: write(inline) };
  return {
    openapi: '3.1.1',
    info: {
      title: 'Toaster',
      version: VERSION,
      description: ABOUT,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document came from; by default http://127.0.0.1:11436' }],
    tags: groups.map(({ name, about }) => ({ name, description: about })),
    // Nothing on loopback, the key elsewhere.
    security: [{}, { key: [] }, { 'x-api-key': [] }],
    paths,
    components: { securitySchemes: SECURITY, schemas },
  };
}
