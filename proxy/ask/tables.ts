import type { ModelStatus, ResidentStatus, Status } from '../contract.ts';
import { gb, table, took } from './columns.ts';

/** `ask --models`: a line per model. */
export function modelsTable({ models }: Status): string {
  const rows = models.map(
    ({ tiers, model, weights, size, measured, state, paid, expires_in_s, pinned, last }) => [
      tiers.map((tier) => `--${tier}`).join(' '),
      model,
      weights,
      state === 'remote' ? '' : `${measured ? '' : '~'}${gb(size)}`,
      state,
      timeLeft(expires_in_s, state),
      last === null ? '' : took(last.latency_s),
      [pinned && state !== 'remote' ? 'pinned' : '', paid ? 'paid' : ''].filter(Boolean).join(', '),
    ],
  );
  return table([['tier', 'model', 'weights', 'size', 'state', 'for', 'last took', ''], ...rows]);
}

/** `ask --status`: the memory as a bar, the pressure, and what is in memory. */
export function statusTable(status: Status): string {
  const { memory, pressure, free_for_models, queue, residents, models } = status;
  const lines = [
    bar(memory.total, memory.available),
    `pressure  ${pressure.level}${pressure.why === null ? '' : `: ${pressure.why}`}`,
  ];
  if (free_for_models !== null) lines.push(`free      ${gb(free_for_models)} for models`);
  if (memory.resident.orphans)
    lines.push(
      `orphans   ${gb(memory.resident.orphans)} of a dead Ollama's runners; ask --doctor has the command that ends them`,
    );
  const tight = models.find((one) => one.tight);
  if (tight)
    lines.push(`tight     ${tight.weights} exceeds what was free and runs alone; the machine may page`);
  if (queue > 0) lines.push(`waiting   ${queue} ${queue === 1 ? 'request' : 'requests'}`);
  lines.push('');
  if (residents.length === 0) lines.push('No model is in memory.');
  else {
    const rows = residents.map(
      ({ weights, models: users, size, state, in_flight, waiting, expires_in_s, stays }) => [
        weights,
        users.join(', '),
        size === null ? '' : gb(size),
        atWork(state, in_flight, waiting),
        stays === 'pinned' ? 'pinned' : timeLeft(expires_in_s, 'warm'),
      ],
    );
    lines.push(table([['weights', 'models', 'size', 'state', 'for'], ...rows]).trimEnd());
  }
  const missing = models.filter(({ pinned, state }) => pinned && state === 'cold').map(({ model }) => model);
  if (missing.length > 0) lines.push('', `Pinned and not warm: ${missing.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

function atWork(state: ResidentStatus['state'], inFlight: number, waiting: number): string {
  if (inFlight === 0) return state;
  return `${state} (${waiting > 0 ? `${inFlight}, ${waiting} wait` : inFlight})`;
}

const WIDTH = 40;

function bar(total: number, available: number | null): string {
  if (available === null) return `memory    ${gb(total)}, how much of it is free is unknown here`;
  const used = Math.round(((total - available) / total) * WIDTH);
  return `memory    ${'█'.repeat(used)}${'░'.repeat(WIDTH - used)}  ${gb(available)} of ${gb(total)} available`;
}

function timeLeft(seconds: number | null, state: ModelStatus['state']): string {
  if (state === 'cold' || seconds === null) return '';
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
