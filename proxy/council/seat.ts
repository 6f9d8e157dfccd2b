import type { Complete, Message } from '../chat/types.ts';
import type { ApiError } from '../errors.ts';
import type { Concurrency } from './concurrency.ts';

/** A model that a council may ask. */
export interface Seat {
  model: string;
  /** The key of its weights. */
  weights: string;
  /** Tokens. */
  context: number;
  /** The most tokens of an answer by its config; null when that does not say. */
  maxTokens: number | null;
  /** Why it cannot read a conversation at all, which is known without loading anything; null when it may. */
  refusal(messages: readonly Message[]): ApiError | null;
  complete: Complete;
}

/** What a council wants of everything around it. */
export interface CouncilTools {
  seat(model: string): Seat;
  /**
   * Whether the weights of the members can be in memory together, and the chairman's beside them if they are there
   * already.
   */
  fit(members: readonly string[], chairman: string): Promise<boolean>;
  /** Others leave memory before these models' weights; the returned function ends that. */
  reserve(models: readonly string[]): () => void;
  concurrency: Concurrency;
  /** Monotonic, in ms. */
  now: () => number;
}
