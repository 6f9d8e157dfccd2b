import type { ChatRequest, RuntimeEvent, Sampling, Task } from '../../chat/types.ts';

/** What the parent and the child that holds the weights say to each other. Plain JSON. */

export interface LoadOrder {
  type: 'load';
  file: string;
  /** Tokens per sequence. */
  context: number;
  /** How many answers at a time. */
  parallel: number;
  /** CPU threads; null for the child's own choice. */
  threads: number | null;
}

/** A request with the model's settings worked in. */
export interface EngineRequest {
  model: string;
  /** Null for a chat. */
  task: Task | null;
  messages: ChatRequest['messages'];
  tools: ChatRequest['tools'];
  firstCallOnly: boolean;
  format: ChatRequest['format'] | null;
  sampling: Sampling;
  maxTokens: number | null;
  /** Null leaves it to the model. */
  think: boolean | null;
}

export type ToChild =
  | LoadOrder
  | { type: 'generate'; id: number; request: EngineRequest }
  | { type: 'abort'; id: number };

/** An error that travels: `client` is the request's fault and becomes an `ApiError` 400. */
export interface EngineError {
  kind: 'client' | 'engine';
  message: string;
  code?: string;
  param?: string;
}

export type FromChild =
  /** 0 to 1. */
  | { type: 'progress'; value: number }
  | { type: 'loaded' }
  | { type: 'load-failed'; noRoom: boolean; message: string }
  | { type: 'event'; id: number; event: RuntimeEvent }
  | { type: 'failed'; id: number; error: EngineError };
