import type { ModelStatus, PressureLevel, Status, TrayTitle } from '../proxy/contract.ts';
import type { HostState } from './proxy-host.ts';

export type IconName = 'idle' | 'toasting' | 'warn' | 'critical';

/** What the menu bar shows. */
export interface Glance {
  icon: IconName;
  title: string;
  tooltip: string;
}

const ICON_OF: Record<Exclude<PressureLevel, 'normal'>, IconName> = { warn: 'warn', critical: 'critical' };
/** More would push other icons out of the menu bar. */
const MOST_TIERS = 3;

/** The icon, the few characters beside it, and the sentence behind it. `status` is null while the proxy is not heard. */
export function glanceOf(status: Status | null, host: HostState, wish: TrayTitle): Glance {
  if (!status || host.mode === 'starting') {
    const tooltip =
      host.note ?? (host.mode === 'starting' ? 'Toaster is starting.' : 'Toaster does not answer.');
    return { icon: host.mode === 'starting' && host.note === null ? 'idle' : 'warn', title: '', tooltip };
  }
  const { level } = status.pressure;
  return {
    icon: level === 'normal' ? (isBusy(status) ? 'toasting' : 'idle') : ICON_OF[level],
    title: titleOf(status, wish),
    tooltip: [host.note, sentence(status)].filter(Boolean).join(' '),
  };
}

/** Somebody waits for an answer, or weights are on their way in. */
export function isBusy({ models, queue }: Status): boolean {
  return queue > 0 || models.some(({ in_flight, state }) => in_flight > 0 || state === 'loading');
}

/** Bytes that models hold; null when nobody can tell. */
export function held({ residents }: Status): number | null {
  const sizes = residents.map(({ size }) => size);
  return sizes.includes(null) ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

export const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);

function titleOf(status: Status, wish: TrayTitle): string {
  const bytes = held(status);
  const memory = bytes === null || bytes === 0 ? '' : `${gigabytes(bytes)}G`;
  const tiers = warmTiers(status);
  const shown = tiers.slice(0, MOST_TIERS).join(' ') + (tiers.length > MOST_TIERS ? '…' : '');
  const parts: Record<TrayTitle, string[]> = {
    none: [],
    memory: [memory],
    tier: [shown],
    both: [shown, memory],
  };
  return parts[wish].filter(Boolean).join(' ');
}

/** One tier for each set of weights that is warm, the largest first: `9B`. */
function warmTiers({ models }: Status): string[] {
  const seen = new Map<string, ModelStatus>();
  for (const model of models)
    if (model.state === 'warm' && !seen.has(model.weights)) seen.set(model.weights, model);
  return [...seen.values()]
    .sort((a, b) => b.size - a.size)
    .map(({ tiers, model }) => (tiers[0] ?? model).toUpperCase());
}

function sentence(status: Status): string {
  const warm = [...new Set(status.residents.flatMap(({ models, weights }) => models[0] ?? weights))];
  const bytes = held(status);
  const size = bytes === null ? '' : ` (${gigabytes(bytes)} GB)`;
  const holds =
    warm.length === 0
      ? 'No model is in memory.'
      : `${list(warm)} ${warm.length === 1 ? 'is' : 'are'} in memory${size}.`;
  const { free_for_models: free, pressure } = status;
  const room = free === null ? '' : ` ${gigabytes(free)} GB are free for more.`;
  const why =
    pressure.level === 'normal'
      ? ''
      : ` Memory is ${pressure.level}${pressure.why ? `: ${pressure.why}` : ''}.`;
  const tight = status.models.some((one) => one.tight)
    ? ' It exceeds what was free; the machine may page.'
    : '';
  return holds + tight + room + why;
}

const list = (names: string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
