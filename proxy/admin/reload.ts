import { ConfigError } from '../config/load.ts';
import { ApiError } from '../errors.ts';
import type { LiveConfig } from '../live-config.ts';

/** Reloads the config; says what is in force now. A file that cannot be used is an `ApiError` 400 that tells why. */
export function reloadConfig(live: LiveConfig): { models: string[] } {
  try {
    return { models: Object.keys(live.reload().models) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ApiError(400, `The config was not reloaded, the old one stays in force:\n${error.message}`, {
      code: 'invalid_config',
    });
  }
}
