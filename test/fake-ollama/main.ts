import { parseArgs } from 'node:util';
import { FakeOllama } from './server.ts';

/** `npm run fake-ollama -- --port 11434 --models fast:9b,small:1b --load-ms 2000 --token-ms 20` */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '11434' },
    models: { type: 'string', default: 'qwen3.5:9b,llama3.2:3b,llama3.2:1b' },
    'load-ms': { type: 'string', default: '0' },
    'token-ms': { type: 'string', default: '0' },
  },
});
const behaviour = { loadMs: Number(values['load-ms']), tokenMs: Number(values['token-ms']) };
const fake = await FakeOllama.start({
  port: Number(values.port),
  models: values.models.split(',').map((name) => ({ name, ...behaviour })),
});
console.log(
  `Fake Ollama on ${fake.url} with ${values.models}; faults: POST /fake/fault {"model","fault","times"}`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void fake.close());
