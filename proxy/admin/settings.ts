import { totalmem } from 'node:os';
import * as z from 'zod';
import { type ConfigChange, editConfig } from '../config/edit.ts';
import { ConfigError } from '../config/load.ts';
import { prices, reserveGb } from '../config/schema.ts';
import type { Settings } from '../contract.ts';
import { ApiError, messageOf } from '../errors.ts';
import type { LiveConfig } from '../live-config.ts';
import type { Paths } from '../paths.ts';
import { reloadConfig } from './reload.ts';

/** With more than there is in reserve, no model would ever be loaded. */
const reserve = reserveGb.refine((gb) => gb * 1e9 < totalmem(), 'is more than this machine has');

export const settingsBody = z
  .strictObject({
    reserve_gb: reserve.optional().describe('`memory.reserve_gb` of the config.'),
    prices: prices.nullable().optional().describe('What the tier above costs; null: nothing is said.'),
  })
  .refine((body) => Object.keys(body).length > 0, 'there is nothing to change');

/** `GET /api/settings`: as they are in force. */
export function settingsOf({ current: { config } }: LiveConfig, paths: Paths): Settings {
  return {
    reserve_gb: config.memory.reserve_gb,
    prices: config.prices ?? null,
    config_file: paths.config,
    log_file: paths.log,
  };
}

/**
 * `PUT /api/settings`: writes them into the config file, and takes that in force. Throws `ApiError` 400 for a body that
 * makes no sense, 409 when the file is broken or cannot be written.
 */
export function changeSettings(live: LiveConfig, paths: Paths, body: unknown): Settings {
  const parsed = settingsBody.safeParse(body);
  if (!parsed.success) throw badBody(parsed.error);
  const { reserve_gb, prices: newPrices } = parsed.data;
  const changes: ConfigChange[] = [];
  if (reserve_gb !== undefined) changes.push({ path: ['memory', 'reserve_gb'], value: reserve_gb });
  if (newPrices !== undefined) changes.push({ path: ['prices'], value: newPrices });
  try {
    editConfig(paths.config, changes);
  } catch (error) {
    const broken = error instanceof ConfigError;
    const what = broken ? 'was left as it is; mend it first' : 'could not be changed';
    throw new ApiError(409, `${paths.config} ${what}:\n${messageOf(error)}`, {
      code: broken ? 'invalid_config' : 'config_not_writable',
    });
  }
  reloadConfig(live);
  return settingsOf(live, paths);
}

function badBody({ issues }: z.ZodError): ApiError {
  const [issue] = issues;
  const param = issue?.path.join('.') ?? '';
  const example = '{"reserve_gb": 2, "prices": {"input": 3, "output": 15, "currency": "USD"}}';
  const where = param === '' ? '' : `${param}: `;
  return new ApiError(
    400,
    `${where}${issue?.message}. The body may have any of ${example}; null takes prices away.`,
    {
      code: 'invalid_settings',
      param,
    },
  );
}
