/** What is counted: each metric's name, type, labels and meaning. Prometheus has them so, and docs/observability.md. */

export interface Family {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: readonly string[];
  /** Of a histogram: the upper bounds of its buckets, ascending. */
  bounds?: readonly number[];
}

/** One number under a name; `part` is what a histogram's numbers have behind theirs. */
export interface Sample {
  part?: '_bucket' | '_sum' | '_count';
  labels: Record<string, string>;
  value: number;
}

/** The bounds that OpenTelemetry's conventions for generative AI give. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const PER_TOKEN = [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];
const TOKENS = Array.from({ length: 14 }, (_, power) => 4 ** power);
/** A hit takes milliseconds, and a 30B on a busy laptop minutes. */
const WHOLE = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
const WAITS = [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const LOADS = [0.1, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320];

const GEN_AI = [
  'gen_ai_operation_name',
  'gen_ai_provider_name',
  'gen_ai_request_model',
  'gen_ai_response_model',
] as const;

export const FAMILIES = {
  requests: {
    name: 'toaster_requests_total',
    type: 'counter',
    help: 'Requests that have ended, by the model asked for, the one that served, where they came from and what became of them.',
    labels: ['model', 'served_by', 'source', 'outcome'],
  },
  demotions: {
    name: 'toaster_demotions_total',
    type: 'counter',
    help: 'Answers that came from a later link of the chain, or from a council that was short of somebody.',
    labels: ['from', 'to', 'reason'],
  },
  failedAttempts: {
    name: 'toaster_failed_attempts_total',
    type: 'counter',
    help: 'Links of chains that were tried, or passed over, without success.',
    labels: ['model', 'reason'],
  },
  cache: {
    name: 'toaster_cache_requests_total',
    type: 'counter',
    help: 'Requests by what the prompt cache had to do with them: hit, miss or bypass.',
    labels: ['outcome'],
  },
  duration: {
    name: 'toaster_request_duration_seconds',
    type: 'histogram',
    help: 'Requests from their first byte to the end of the answer, hits of the cache included.',
    labels: ['source', 'cache'],
    bounds: WHOLE,
  },
  queueWait: {
    name: 'toaster_queue_wait_seconds',
    type: 'histogram',
    help: 'How long requests waited for weights that were at work for others.',
    labels: ['model'],
    bounds: WAITS,
  },
  load: {
    name: 'toaster_load_seconds',
    type: 'histogram',
    help: 'How long answers waited for their weights to be loaded; next to nothing when they were warm.',
    labels: ['model'],
    bounds: LOADS,
  },
  operation: {
    name: 'gen_ai_client_operation_duration_seconds',
    type: 'histogram',
    help: 'Requests that reached a model, by OpenTelemetry’s conventions: no hits of the cache, and of shared answers one.',
    labels: [...GEN_AI, 'error_type'],
    bounds: SECONDS,
  },
  tokens: {
    name: 'gen_ai_client_token_usage',
    type: 'histogram',
    help: 'Tokens of a prompt (input) and of its answer (output), as a model read and wrote them: no hits of the cache.',
    labels: [...GEN_AI, 'gen_ai_token_type'],
    bounds: TOKENS,
  },
  firstToken: {
    name: 'gen_ai_server_time_to_first_token_seconds',
    type: 'histogram',
    help: 'From the request to the first token of its answer, waiting and loading included, no hits of the cache.',
    labels: GEN_AI,
    bounds: FIRST_TOKEN,
  },
  perToken: {
    name: 'gen_ai_server_time_per_output_token_seconds',
    type: 'histogram',
    help: 'Between two tokens of an answer, after the first, on average of the answer.',
    labels: GEN_AI,
    bounds: PER_TOKEN,
  },
  inFlight: {
    name: 'toaster_requests_in_flight',
    type: 'gauge',
    help: 'Requests that weights are answering now.',
    labels: ['weights'],
  },
  queueDepth: {
    name: 'toaster_queue_depth',
    type: 'gauge',
    help: 'Requests that wait for weights which are at work for others.',
    labels: ['weights'],
  },
  loadQueue: {
    name: 'toaster_load_queue_depth',
    type: 'gauge',
    help: 'Loads that wait for room or for their turn.',
    labels: [],
  },
  resident: {
    name: 'toaster_model_resident_bytes',
    type: 'gauge',
    help: 'What weights take in memory now; 0 when they are not there. _other: weights that no config names.',
    labels: ['weights'],
  },
  warm: {
    name: 'toaster_model_warm',
    type: 'gauge',
    help: '1 when the model’s weights are in memory, else 0.',
    labels: ['model'],
  },
  pinned: {
    name: 'toaster_model_pinned',
    type: 'gauge',
    help: '1 when somebody wants the model to stay warm, else 0.',
    labels: ['model'],
  },
  pressure: {
    name: 'toaster_memory_pressure',
    type: 'gauge',
    help: 'Pressure on the machine’s memory: 0 normal, 1 warn, 2 critical.',
    labels: [],
  },
  memoryTotal: {
    name: 'toaster_memory_total_bytes',
    type: 'gauge',
    help: 'Memory of the machine.',
    labels: [],
  },
  memoryAvailable: {
    name: 'toaster_memory_available_bytes',
    type: 'gauge',
    help: 'Memory that programs could have; left out where the platform does not tell.',
    labels: [],
  },
  memoryFree: {
    name: 'toaster_memory_free_for_models_bytes',
    type: 'gauge',
    help: 'What a further model may have without anybody leaving; left out while unknown.',
    labels: [],
  },
  swapUsed: {
    name: 'toaster_memory_swap_used_bytes',
    type: 'gauge',
    help: 'Swap in use on the machine.',
    labels: [],
  },
  swapouts: {
    name: 'toaster_memory_swapouts_total',
    type: 'counter',
    help: 'Pages that the machine has swapped out since it started.',
    labels: [],
  },
  pageouts: {
    name: 'toaster_memory_pageouts_total',
    type: 'counter',
    help: 'Pages that the machine has paged out since it started (macOS).',
    labels: [],
  },
  runtimes: {
    name: 'toaster_runtime_resident_bytes',
    type: 'gauge',
    help: 'Resident memory of processes: ollama with its children, llamacpp, toaster, and orphans of a dead Ollama.',
    labels: ['process'],
  },
  build: {
    name: 'toaster_build_info',
    type: 'gauge',
    help: 'Always 1; the version is in the labels.',
    labels: ['version', 'node_version'],
  },
} as const satisfies Record<string, Family>;
