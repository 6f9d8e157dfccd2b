/**
 * What crosses a process: the shapes and names shared by the proxy, the window and scripts.
 * This file imports nothing, so that everybody may import it.
 */

/** The port of the proxy on 127.0.0.1 unless `ASK_PORT` says otherwise. */
export const DEFAULT_PORT = 11436;

/** Header names, in the case in which they are sent. */
export const HEADERS = {
  servedBy: 'X-Served-By',
  degraded: 'X-Degraded',
  degradedReason: 'X-Degraded-Reason',
  attempts: 'X-Attempts',
  cache: 'X-Cache',
  requestId: 'X-Request-Id',
  ignoredParams: 'X-Ignored-Params',
  ask: 'X-Ask',
  strict: 'X-Strict',
  force: 'X-Force',
  memory: 'X-Memory',
  council: 'X-Council',
  exit: 'X-Exit',
  note: 'X-Note',
  open: 'X-Open',
  tokenCount: 'X-Token-Count',
} as const;

/** Why a link of a chain did not answer. */
export type Reason =
  | 'timeout'
  | 'http_5xx'
  | 'connection'
  | 'crash'
  | 'no_room'
  | 'thrash'
  | 'cooling_off'
  | 'missing'
  /** The server does not take the key, or there is none. */
  | 'unauthorized'
  /** A later link that cannot do what was asked (tools, images, the prompt's length): passed over. */
  | 'unsupported'
  /** A member of a council that said nothing. */
  | 'empty';

/** Exit codes of `ask`; API requests are logged with the same numbers. */
export const EXIT = {
  answered: 0,
  usage: 2,
  unreachable: 3,
  failed: 4,
  brokeOff: 5,
  strict: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** One link of the chain that was tried, or passed over, without success. */
export interface Attempt {
  model: string;
  reason: Reason;
  /** One sentence for a person. */
  detail: string;
  seconds: number;
}

/** What a model can be asked for besides a chat: vectors, or that a text goes on. */
export type TaskKind = 'embed' | 'complete';
export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';
export type CacheOutcome = 'hit' | 'miss' | 'bypass';

/** The facts of an answer's first time, kept with it in the cache. */
export interface Birth {
  /** Seconds since 1970. */
  ts: number;
  latency_s: number;
  ttft_s: number | null;
  load_s: number | null;
}

/** What one member of a council did. */
export interface CouncilMember {
  /** Under which the chairman read the answer; null when there was none. */
  letter: string | null;
  model: string;
  /** Null when nobody answered in this seat. */
  served_by: string | null;
  /** `demoted`: another model answered in its place. */
  outcome: 'answered' | 'demoted' | 'lost';
  /** Why it was demoted or lost, and one sentence for a person. */
  reason: Reason | null;
  detail: string | null;
  seconds: number;
  tokens_out: number | null;
  chars: number;
  /** Characters from the answer's middle that the chairman did not read, since its context is too short. */
  left_out: number;
  text: string | null;
}

/** How a council came to its answer. */
export interface Council {
  /** Those who were read by their letters, then those who were lost. */
  members: CouncilMember[];
  chairman: string;
  /** The most members that were seen to answer at the same moment; 1: one after the other. */
  at_once: number;
  /** False: the answer is a single member's, as it was, or there is none. */
  synthesis: boolean;
}

/** The facts of one request, complete once it has ended. Times are seconds. */
export interface Receipt {
  request_id: string;
  source: 'ask' | 'api' | 'stress';
  /** Seconds since 1970. */
  ts: number;
  model: string;
  /** Null when nobody answered. */
  served_by: string | null;
  demoted: boolean;
  degraded_reason: Reason | null;
  attempts: Attempt[];
  cache: CacheOutcome;
  /** What the cache knows the question by (sha256, hex); null when it had no part in it. */
  cache_key: string | null;
  /** `tight`: the model was loaded alone although it exceeds what was free. */
  memory: 'tight' | null;
  pressure: PressureLevel;
  /** Pages swapped and paged out while it ran; null when no sample fell into its time. */
  swapouts: number | null;
  pageouts: number | null;
  /** An identical request was in flight, and this one shared its inference. */
  shared: boolean;
  /** The answer cost money: it, or a part of a council's, came from a paid model and not from the cache. */
  paid: boolean;
  latency_s: number;
  /** Of that, waiting for weights that were at work for others. */
  wait_s: number;
  ttft_s: number | null;
  load_s: number | null;
  tokens_in: number | null;
  tokens_out: number | null;
  /** The context length, in tokens, of the model that served. */
  context: number | null;
  prompt_hash: string;
  prompt_chars: number;
  response_chars: number;
  /** What was asked for in place of a chat; null: a chat. */
  task: TaskKind | null;
  finish: FinishReason | null;
  exit_code: ExitCode;
  error: string | null;
  /** On a hit: what the answer took when it was made. */
  birth: Birth | null;
  /** Null when no council was asked, and until its members are done. */
  council: Council | null;
}

/**
 * A line of `log.jsonl`: a receipt without what could tell the prompt. Lines of other programs and versions may lack any
 * of it but `ts`.
 */
export interface LogLine {
  ts: number;
  model: string | null;
  served_by: string | null;
  prompt_hash: string | null;
  prompt_chars: number | null;
  response_chars: number;
  latency_s: number;
  cache_hit: boolean;
  demoted: boolean;
  exit_code: ExitCode;
  source: Receipt['source'];
  request_id?: string;
  attempts?: Omit<Attempt, 'detail'>[];
  degraded_reason?: Reason | null;
  ttft_s?: number | null;
  load_s?: number | null;
  tokens_in?: number | null;
  tokens_out?: number | null;
  finish?: FinishReason | null;
  pressure?: PressureLevel;
  swapouts?: number | null;
  pageouts?: number | null;
  /** What was no question to a model: the flag of an `ask`, such as `doctor`, or `count_tokens`. No request, whatever became of it. */
  command?: string;
  /** Left out for a chat. */
  task?: TaskKind;
  memory?: 'tight';
  shared?: true;
  /** The answer, or a part of a council's, came from a model that costs money. */
  paid?: true;
  /** Left out where it did not wait. */
  wait_s?: number;
  council?: Omit<Council, 'members'> & { members: Omit<CouncilMember, 'detail' | 'text'>[] };
  error?: string;
  user?: string;
  metadata?: Record<string, string>;
}

export type RequestFilter = 'all' | 'demoted' | 'failed' | 'cached' | 'council';

/** `GET /api/requests?filter=&q=&before=&limit=`: lines of the log that wanted a model, newest first. */
export interface RequestsPage {
  requests: LogLine[];
  /** To be given as `before` for older ones; null when there are none. A page may be short, and yet not be the last. */
  next: string | null;
}

export type Span = 'hour' | 'day' | 'week';

/** What happened in a stretch of time. Latencies are seconds, of answered requests that were no cache hits; null: none. */
export interface Tally {
  requests: number;
  hits: number;
  demoted: number;
  failed: number;
  p50: number | null;
  p95: number | null;
  ttft_p50: number | null;
  tokens_in: number;
  tokens_out: number;
  /** Of these, the tokens of answers that cost money. */
  paid_in: number;
  paid_out: number;
  /** Pages that were swapped out while requests ran. Those that ran together have each seen the same pages. */
  swapouts: number;
  /** Demotions by their reason. */
  reasons: Partial<Record<Reason, number>>;
}

/** How far the log has been counted, in bytes. */
export interface Counting {
  done: number;
  of: number;
}

/** `GET /api/stats?span=` */
export interface Stats {
  span: Span;
  /** Seconds since 1970. */
  from: number;
  to: number;
  step_s: number;
  /** One for each step from `from` on, also where nothing happened. */
  buckets: (Tally & { ts: number })[];
  total: Tally;
  /** By the model that was asked for, the busiest first. */
  models: (Tally & { model: string })[];
  /** What the tokens answered here would have cost; null until `prices` are set in the config. */
  saved: number | null;
  /** Null when all is counted. Until then, which after a loss of `stats.db` takes seconds, the rest tells of a part. */
  counting: Counting | null;
}

/** `GET /api/settings`, and what `PUT /api/settings` answers. They are the config's: a change is written into its file. */
export interface Settings {
  /** `memory.reserve_gb` */
  reserve_gb: number;
  /** Money per million tokens of the tier above; null: not set. */
  prices: Prices | null;
  /** Paths, for a person. */
  config_file: string;
  log_file: string;
}

export interface Prices {
  input: number;
  output: number;
  currency: string;
}

export type PressureLevel = 'normal' | 'warn' | 'critical';

/** Events per second between two samples; null where the platform does not tell. */
export interface MemoryRates {
  pageouts: number | null;
  pageins: number | null;
  swapouts: number | null;
  decompressions: number | null;
  major_faults: number | null;
}

/** What was resident when a sample was taken, in bytes. Null: could not be measured. */
export interface ResidentMemory {
  /** Ollama with all its children. */
  ollama: number | null;
  /** Runners that a dead Ollama left behind. */
  orphans: number | null;
  /** The embedded engine's children. */
  llamacpp: number | null;
  toaster: number | null;
}

/** The machine's memory at one moment. Sizes are bytes; null is "the platform does not tell", never 0. */
export interface MemorySample {
  /** Seconds since 1970. */
  ts: number;
  total: number;
  available: number | null;
  swap_used: number | null;
  /** The kernel's own word, where it has one (macOS). */
  kernel_level: PressureLevel | null;
  /** Percent of the last ten seconds in which something waited for memory (Linux' PSI, `some`). */
  stalled: number | null;
  rates: MemoryRates;
  resident: ResidentMemory;
}

/** One minute of memory: the least that was available, and the peaks of the rest. Sizes are bytes, rates per second. */
export interface MemoryMinute {
  /** The minute's beginning, in seconds since 1970. */
  ts: number;
  available: number | null;
  swap_used: number | null;
  swapouts: number | null;
  pageouts: number | null;
  ollama: number | null;
  llamacpp: number | null;
  level: PressureLevel;
}

/** The state of the machine's memory, and what it comes from. */
export interface Pressure {
  level: PressureLevel;
  /** One sentence; null when all is normal. */
  why: string | null;
  /** Since when, in seconds since 1970. */
  since: number;
}

/** Weights in memory. Sizes are bytes. */
export interface ResidentStatus {
  weights: string;
  /** Empty for weights that no config names. */
  models: string[];
  /** By the runtime's own account or by its process, whichever is more; by the config where neither is known. */
  size: number | null;
  /** The most that they were found to take. */
  footprint: number | null;
  context: number;
  state: 'idle' | 'busy' | 'loading';
  in_flight: number;
  /** Requests that wait for them to be done with others. */
  waiting: number;
  /** Null: never, or not while they are busy. */
  expires_in_s: number | null;
  /** Why they are still there. */
  stays: 'busy' | 'pinned' | 'keep_alive';
}

export interface ModelStatus {
  model: string;
  tiers: string[];
  weights: string;
  runtime: string;
  /** Bytes; an estimate until they were measured. */
  size: number;
  measured: boolean;
  /** `remote`: they are in the memory of another machine, as far as that says. */
  state: 'warm' | 'cold' | 'loading' | 'remote';
  /** It costs money: never a fallback unless its config says so. */
  paid: boolean;
  expires_in_s: number | null;
  pinned: boolean;
  in_flight: number;
  /** It was loaded alone although it exceeds what was free: the machine may page. */
  tight: boolean;
  /** Seconds; null for ever. */
  keep_alive_s: number | null;
  /** Who stands in, in order. */
  fallback: string[];
  /** The last answer that it gave itself, no cache hit; null when there was none since the start. */
  last: { ts: number; latency_s: number } | null;
  /** While it is being loaded: for how long, and how long it took the last time. */
  loading: { elapsed_s: number; expected_s: number | null } | null;
}

/** `GET /api/status` */
export interface Status {
  memory: MemorySample;
  pressure: Pressure;
  /** Bytes that a further model may have without anybody leaving; null: unknown. */
  free_for_models: number | null;
  /** Bytes that stay free for everything else, and what all models together may have (null: no such cap). */
  reserve: number;
  budget: number | null;
  /** Requests that wait: for a load, or for weights that are at work for others. */
  queue: number;
  residents: ResidentStatus[];
  models: ModelStatus[];
}

/** `GET /health` */
export interface Health {
  name: 'toaster';
  status: 'ok';
  version: string;
  pid: number;
  uptime_s: number;
}

/**
 * `GET /api/events`, server-sent: the name of each event and its data. `status` at the beginning and whenever it changed,
 * `request` with each new line of the log (with an id, so that a client that comes back hears what it missed), `reset`
 * when that is not known any more.
 */
export interface Events {
  status: Status;
  request: LogLine;
  memory: MemorySample;
  pressure: Pressure;
  reset: Record<string, never>;
}

/** `POST /api/session` `{"code"}`: a code that `ask --open` gave out, once, for the token. */
export interface Session {
  token: string;
}

/** `POST /api/cool`: weights that were unloaded, and those that stay because they are answering or being loaded. */
export interface Cooled {
  cooled: string[];
  busy: string[];
}

/** OpenAI's error shape, used everywhere. */
export interface ErrorBody {
  error: { message: string; type: string; param: string | null; code: string | null };
}

/** What stands beside the icon in the menu bar. */
export type TrayTitle = 'none' | 'memory' | 'tier' | 'both';

/** The app's own settings; all else is the config's. */
export interface AppSettings {
  title: TrayTitle;
  /** Tell when memory gets tight, and who made it so. */
  notifyPressure: boolean;
  /** Tell when a smaller model answered. */
  notifyDemotion: boolean;
  /** Look for a newer Toaster; until then no server is asked. */
  checkUpdates: boolean;
}

/** The app around the window, as its settings page shows it. */
export interface AppState {
  settings: AppSettings;
  /** Read back from the system; null where the system has no such thing. */
  openAtLogin: boolean | null;
  /** Where the link to `ask` is, null when there is none, and whether PATH finds it. */
  ask: { link: string | null; onPath: boolean };
  /** What is known of updates, in words; null where the app can have none. */
  updates: string | null;
  /** `embedded`: the proxy runs in the app; `attached`: it was there before. */
  proxy: 'embedded' | 'attached';
  version: string;
}

/** What the app's preload hands to the page as `window.toaster`; a browser has none of it. */
export interface Shell {
  /** For what changes the proxy's state. */
  token(): Promise<string>;
  state(): Promise<AppState>;
  change(settings: Partial<AppSettings>): Promise<AppState>;
  setOpenAtLogin(open: boolean): Promise<AppState>;
  /** Puts a link to `ask` where a shell finds it, or takes it away. Rejects with a sentence that says what to do. */
  installAsk(install: boolean): Promise<AppState>;
  /** The config in the person's editor; made from the commented example when there is none. */
  openConfig(): Promise<void>;
  /** The log in the file manager. */
  showLog(): Promise<void>;
  hide(): Promise<void>;
}
