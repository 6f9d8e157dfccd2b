import type { Birth, Council, FinishReason, Reason } from '../contract.ts';
import type { ApiError } from '../errors.ts';

/** JSON as a program sees it before it has looked. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text, as OpenAI's clients expect it. */
  arguments: string;
}

/** One message, with OpenAI's spellings normalised away (`developer` is `system`, parts are text + images). */
export interface Message {
  role: 'system' | 'user' | 'assistant' | 'tool';
  text: string;
  /** Base64 without the `data:` prefix. */
  images?: string[];
  toolCalls?: ToolCall[];
  /** On a tool's answer: the function that gave it. */
  toolName?: string;
  /** On a tool's answer: the id of the call that it is of, where the client's API has such. */
  toolCallId?: string;
}

export interface Tool {
  name: string;
  description?: string;
  parameters: JsonObject;
  strict?: boolean;
}

/** `{ name }` makes the model call that one function. */
export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

export type Format = { type: 'json_object' } | { type: 'json_schema'; schema: JsonObject };

/** What decides the wording of an answer. Absent means: the model's configured value, else the runtime's. */
export interface Sampling {
  temperature?: number;
  topP?: number;
  topK?: number;
  minP?: number;
  seed?: number;
  stop?: string[];
  frequencyPenalty?: number;
  presencePenalty?: number;
}

/** Whose request it is, as far as taking turns goes. */
export interface Asker {
  /** What tells clients apart: a shell, or a program with its key and user. */
  client: string;
  /** A person sits at a terminal and waits. */
  watched: boolean;
}

/** `if-able`: reason where the model's config says that it can, and never fail for it. */
export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'if-able';

/** What is asked for in place of the next turn of a conversation. Its kinds are the contract's. */
export type Task =
  /** A vector for each text, in their order. `dimensions`: of that length, where the weights were made for being cut. */
  | { kind: 'embed'; input: string[]; dimensions?: number }
  /** How a text goes on, as it stands, without any chat template; with a `suffix`: what stands between the two. */
  | { kind: 'complete'; prompt: string; suffix?: string };

/** One request as the inside of the proxy sees it, whichever door it came through: a chat, unless it has a `task`. */
export interface ChatRequest {
  id: string;
  /** The logical model that was asked for. */
  model: string;
  /** Left out for a chat. */
  task?: Task;
  /** Empty where there is a `task`. */
  messages: Message[];
  tools: Tool[];
  toolChoice: ToolChoice;
  parallelToolCalls: boolean;
  format?: Format;
  sampling: Sampling;
  /** The most tokens to generate. */
  maxTokens?: number;
  /** How many alternatives per token to report; absent for no logprobs. */
  topLogprobs?: number;
  effort?: Effort;
  /** Refuse an answer from a later link. */
  strict: boolean;
  /** `force`: load even where there seems to be no room. `off`: no plan at all, to see what the machine does without. */
  room: 'plan' | 'force' | 'off';
  cache: CacheUse;
  /** Whose it is, where many wait for the same weights. */
  from: Asker;
  /** What the client sees before the end. It decides until when another link may still take over. */
  sees: 'nothing' | 'text' | 'everything';
}

export interface CacheUse {
  read: boolean;
  write: boolean;
}

/** One token's log probability in OpenAI's shape. */
export interface TokenLogprob {
  token: string;
  logprob: number;
  bytes: number[] | null;
  top_logprobs: { token: string; logprob: number; bytes: number[] | null }[];
}

export interface Usage {
  /** Null when the runtime did not say. */
  promptTokens: number | null;
  completionTokens: number | null;
}

/** A piece of the answer. Tool calls arrive whole; with nothing in it, it is a runtime's sign that one is being written. */
export interface Delta {
  type: 'delta';
  text?: string;
  reasoning?: string;
  toolCalls?: ToolCall[];
  logprobs?: TokenLogprob[];
  /** Further vectors for the texts of an `embed`, each of length 1. */
  embeddings?: number[][];
}

export interface Finish {
  type: 'finish';
  reason: FinishReason;
  usage: Usage;
  /** Seconds that the runtime spent on loading the weights; null when unknown. */
  loadS: number | null;
}

/** The runtime is loading the weights of the link that was started last, or has just finished that. */
export interface Load {
  type: 'load';
  state: 'loading' | 'loaded';
  /** 0 to 1 where the runtime tells. */
  progress?: number;
}

/** The weights are loaded alone although they exceed what is free: the machine may page. */
export interface Tight {
  type: 'tight';
}

/** The weights are at work for others: how many wait before this request, and null when its turn has come. */
export interface Queued {
  type: 'queue';
  ahead: number | null;
}

/** What a runtime yields for one link: any number of loads and deltas, then exactly one finish. Failures are thrown. */
export type RuntimeEvent = Load | Delta | Finish;

/** What a link yields: the runtime's events, and what became known about its turn and about memory on the way. */
export type LinkEvent = RuntimeEvent | Note | Tight | Queued;

/** A link of the chain is tried. What an earlier link may have said is void. */
export interface AttemptStarted {
  type: 'attempt';
  state: 'started';
  model: string;
}
export interface AttemptFailed {
  type: 'attempt';
  state: 'failed';
  model: string;
  reason: Reason;
  detail: string;
  seconds: number;
  /** Seconds after which the link may answer, where that is known. */
  retryAfter?: number;
}

/** What the cache had to do with the answer. Left out, it had no part in it (`bypass`). */
export interface Cached {
  type: 'cached';
  outcome: 'hit' | 'miss';
  /** sha256, hex. */
  key: string;
  /** Another identical request's inference is shared. */
  shared: boolean;
  /** On a hit: what the answer took when it was made. */
  birth: Birth | null;
}

/** What a client or the person at the terminal should be told, in one line. */
export interface Note {
  type: 'note';
  text: string;
}

/** A council at work: how many of its members are done, or that its answer is being written. */
export interface CouncilStage {
  type: 'council';
  stage: 'members' | 'chairman';
  done: number;
  of: number;
  /** Null until all members are done. */
  council: Council | null;
}

/**
 * Everything that happens on the way of a request, in order. Exactly one `finish` or `error` ends it,
 * unless the client went away.
 */
export type ChatEvent =
  | LinkEvent
  | AttemptStarted
  | AttemptFailed
  | Cached
  | CouncilStage
  | { type: 'error'; error: ApiError };

/** The one type that carries a request; chains, cache and council take and return it. */
export type Complete = (request: ChatRequest, signal: AbortSignal) => AsyncIterable<ChatEvent>;

/** One link with room made for it. Throws as `CompleteLink` does. */
export type CompleteRoomed = (request: ChatRequest, signal: AbortSignal) => AsyncIterable<LinkEvent>;

/** One link: what a runtime does with a request. It throws `LinkFailure`, or `ApiError` when the request is at fault. */
export type CompleteLink = (request: ChatRequest, signal: AbortSignal) => AsyncIterable<RuntimeEvent>;
