import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where Toaster keeps its things. */
export interface Paths {
  config: string;
  data: string;
  log: string;
  cache: string;
  models: string;
  adminToken: string;
  apiKey: string;
  state: string;
  history: string;
  stats: string;
  /** What V8 made of the bundled program the last time, so that it starts quicker. */
  compiled: string;
}

/** Paths from the environment: `ASK_CONFIG`, `ASK_DATA_DIR`, `ASK_MODEL_DIR`, else the XDG folders. */
export function pathsFrom(env: NodeJS.ProcessEnv): Paths {
  const data = env.ASK_DATA_DIR || join(env.XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'ask');
  return {
    config: env.ASK_CONFIG || join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'ask', 'config.yaml'),
    data,
    log: join(data, 'log.jsonl'),
    cache: join(data, 'cache.db'),
    models: env.ASK_MODEL_DIR || join(data, 'models'),
    adminToken: join(data, 'admin.token'),
    apiKey: join(data, 'api.key'),
    state: join(data, 'state.json'),
    history: join(data, 'history.db'),
    stats: join(data, 'stats.db'),
    compiled: join(data, 'compiled'),
  };
}
