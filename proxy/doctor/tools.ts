import type { FreeOnDisk } from '../disk.ts';
import type { Live } from '../live-config.ts';
import type { Memory } from '../memory/memory.ts';
import type { Paths } from '../paths.ts';
import type { Found } from './finding.ts';

/** What the checks look at, and by which means. */
export interface DoctorTools {
  live: Live;
  paths: Paths;
  /** Where this proxy listens. */
  port: number;
  memory: Memory;
  disk: FreeOnDisk;
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  /** Seconds since 1970. */
  wall(): number;
}

/** Looks at one thing. May throw: then it is unknown how that is. */
export type Check = (tools: DoctorTools, signal: AbortSignal) => Promise<Found[]>;
