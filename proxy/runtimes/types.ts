import type { CompleteLink, JsonObject, Task } from '../chat/types.ts';
import type { ModelConfig, RuntimeConfig, WeightsConfig } from '../config/schema.ts';
import type { Found } from '../doctor/finding.ts';
import type { StartChild } from './llamacpp/child-process.ts';

/** Weights as a runtime is told about them. */
export interface Weights extends Omit<WeightsConfig, 'runtime'> {
  /** The key in the config. */
  id: string;
  /** They are in the memory of another machine, and take none of this one's. */
  remote?: true;
}

/** A model on its weights: one link of a chain, durations in seconds (`forever` is Infinity). */
export interface Link {
  model: string;
  weights: Weights;
  runtime: string;
  /** What names it on `ask`'s command line; its own name unless told. */
  word?: string;
  settings: Pick<
    ModelConfig,
    | 'think'
    | 'system'
    | 'max_tokens'
    | 'temperature'
    | 'top_p'
    | 'top_k'
    | 'min_p'
    | 'on_tight'
    | 'on_no_room'
  >;
  keepAliveS: number;
  timeouts: { connect: number; firstToken: number; load: number; idle: number };
}

/** Weights in memory. */
export interface Resident {
  /** The name or file by which the runtime knows them: `weights.name`, or the path of the GGUF. */
  key: string;
  /** Bytes by the runtime's own account; null where it gives none. */
  size: number | null;
  /** 0 where the runtime does not tell: then it is taken to be as in the config. */
  context: number;
  /** When they go by themselves, in seconds since 1970; Infinity for never, null while busy or unknown. */
  expiresAt: number | null;
  /** The process that holds them: its id, or what its command line alone has in it; null where nothing is known. */
  process: number | string | null;
  /** They are still on their way in. */
  loading: boolean;
  /** Its runtime cannot have them leave: whoever needs the room looks elsewhere. */
  fixed?: true;
}

/** What holds weights in memory. One object per key of `runtimes` in the config. */
export interface Runtime {
  /** How this runtime answers for one link. */
  complete(link: Link): CompleteLink;
  /** What it can do besides chat; others are refused before it is asked. */
  readonly tasks?: readonly Task['kind'][];
  /**
   * What identifies the bytes of the weights, for the cache's key; null when it cannot be known.
   * Cheap: remembered, refreshed behind the caller's back.
   */
  digest(weights: Weights): Promise<string | null>;
  /** What is in memory now, as the runtime itself says. Throws `LinkFailure` when it does not answer. */
  residents(): Promise<Resident[]>;
  /** Brings a link's weights into memory, to stay for its keep_alive. Throws `LinkFailure`. */
  load(link: Link, signal: AbortSignal): Promise<void>;
  /** Has weights leave memory, by their `Resident.key`. Done when the runtime no longer lists them. Throws `LinkFailure`. */
  unload(key: string): Promise<void>;
  /** The machine has slept: connections that were kept may be dead. Those without any have nothing to do. */
  renew?(): void;
  /** The config was read anew: what was found out about a server may be otherwise now. */
  reloaded?(): void;
  /** Ends everything that it started. */
  close(): Promise<void>;
}

/** How far a download has come. */
export interface PullProgress {
  bytes: number;
  /** As far as it is known yet. */
  total: number;
}

/** Where weights are written, and how many bytes of them an earlier try has left; or why that cannot be seen from here. */
export type PullPlace = { folder: string; have: number } | { unseen: string };

/** What a runtime says of weights on its disk. */
export interface About {
  /** Bytes there. */
  size: number;
  /** When they came, as ISO 8601. */
  modifiedAt: string;
  /** By Ollama's names, as far as it tells: `family`, `parameter_size`, `quantization_level`. */
  details: JsonObject;
  /** By Ollama's names, such as `tools`; null where that is not known. */
  capabilities: string[] | null;
}

/** What a runtime is told when it is to look at itself. */
export interface Examination {
  platform: NodeJS.Platform;
  /** Its tiers that have no room now, and would have it if their contexts took half of what they take. */
  cramped: readonly string[];
  signal: AbortSignal;
}

/** What a runtime tells of itself and of its weights on disk. */
export interface RuntimeCare {
  /** Who gets its models, where that is not for `pull` to do; one clause. */
  readonly foreign?: string;
  /** Whether it has the weights, in memory or not. Throws `LinkFailure` when it does not say. */
  has(weights: Weights): Promise<boolean>;
  /**
   * What it knows of the weights; null when they are not there, or nothing is said. It may be remembered from earlier, unless
   * `fresh`. Never throws.
   */
  about?(weights: Weights, fresh?: boolean): Promise<About | null>;
  /** Where it would put the weights. Never throws. */
  place(weights: Weights): Promise<PullPlace>;
  /** Fetches the weights, and goes on where an earlier try broke off. Throws `ApiError` and `LinkFailure`. */
  pull(weights: Weights, tell: (progress: PullProgress) => void, signal: AbortSignal): Promise<void>;
  /** How it is, for `ask --doctor`. May throw: then that is unknown. */
  examine(examination: Examination): Promise<Found[]>;
}

/** A runtime with everything that it can do. */
export type OpenedRuntime = Runtime & RuntimeCare;

/** What a runtime is made of, besides its config. */
export interface RuntimeTools {
  /** The folder of GGUF files that are named without a path. */
  modelsDir: string;
  /** How the embedded engine's process is started; by default with Node's own means. */
  startChild?: StartChild | undefined;
  warn(message: string): void;
}

/** The key under which a runtime lists weights: their name or file. */
export const residentKey = ({ name, file }: Weights): string => name ?? file ?? '';

export type OpenRuntime<K extends RuntimeConfig['kind']> = (
  config: Extract<RuntimeConfig, { kind: K }>,
  tools: RuntimeTools,
) => OpenedRuntime;
