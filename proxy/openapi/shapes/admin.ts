import * as z from 'zod';
import { prices } from '../../config/schema.ts';
import type { Health, Session, Settings } from '../../contract.ts';
import { heldTo } from '../held-to.ts';
import { count, seconds } from './base.ts';

export const settings = heldTo<Settings>()(
  z.object({
    reserve_gb: z.number().describe('`memory.reserve_gb` of the config.'),
    prices: prices
      .extend({ currency: z.string() })
      .nullable()
      .describe('Money per million tokens of the tier above; null: not set.'),
    config_file: z.string().describe('A path, for a person.'),
    log_file: z.string().describe('A path, for a person.'),
  }),
);

export const health = heldTo<Health>()(
  z.object({
    name: z.literal('toaster'),
    status: z.literal('ok'),
    version: z.string(),
    pid: count,
    uptime_s: seconds,
  }),
);

export const session = heldTo<Session>()(z.object({ token: z.string() }));
