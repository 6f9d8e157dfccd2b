import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ConfigError, loadConfig } from '../../config/load.ts';
import { ok, quoted, warn, wrong } from '../finding.ts';
import type { Check } from '../tools.ts';

/** Whether the config on disk can be read, and is the one in force. */
export const checkConfig: Check = async ({ live, paths, port }) => {
  try {
    const onDisk = loadConfig(paths.config);
    if (isDeepStrictEqual(onDisk, live.config))
      return [ok(existsSync(paths.config) ? paths.config : 'built in; there is no file')];
    const token = `Authorization: Bearer $(cat ${quoted(paths.adminToken)})`;
    return [
      warn(
        `${paths.config} was changed since it was read; the old one is in force`,
        `curl -X POST -H "${token}" http://127.0.0.1:${port}/api/config/reload`,
      ),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const edit = `\${EDITOR:-vi} ${quoted(paths.config)}`;
    return error.message
      .split('\n')
      .map((line) => wrong(`cannot be used, the old one is in force: ${line}`, edit));
  }
};
