import { gb } from '../../ask/columns.ts';
import { type Found, ok, quoted, unknown, warn, wrong } from '../finding.ts';
import type { Check } from '../tools.ts';

/** A resident whose process takes this much more than its runtime says has grown a prompt cache. */
const GROWN = 1.5;
/** Below this, growth is not worth a word. */
const WORTH_BYTES = 1e9;

/** How the machine's memory is, and whether anybody has more of it than they should. */
export const checkMemory: Check = async ({ memory }) => {
  const { probe } = memory;
  const sample = await probe.sample(1);
  const { level, why } = probe.pressure;
  const { available, total, resident } = sample;
  const says = `pressure ${level}${why === null ? '' : `: ${why}`}`;
  const cool = 'ask --status  # then: ask --cool NAME';
  const findings: Found[] = [
    level === 'normal'
      ? ok(`${available === null ? '' : `${gb(available)} of `}${gb(total)} free, ${says}`)
      : (level === 'warn' ? warn : wrong)(says, cool),
  ];
  if (available === null) findings.push(unknown('this system does not tell what is free'));
  if (resident.orphans)
    findings.push(
      // By their ids: by their name, the runners of a living Ollama would go as well.
      warn(`a dead Ollama's runners hold ${gb(resident.orphans)}`, `kill ${probe.orphans.join(' ')}`),
    );
  return [...findings, ...(await grown(memory))];
};

/** `size` of Ollama's `/api/ps` leaves out prompt caches, which grow to gigabytes. */
async function grown({ ledger, probe }: Parameters<Check>[0]['memory']): Promise<Found[]> {
  const entries = await ledger.residents();
  return entries.flatMap(({ id, known, resident: { size, process } }) => {
    const bytes = process === null ? null : probe.rss(process);
    if (bytes === null || size === null || bytes < size * GROWN || bytes - size < WORTH_BYTES) return [];
    const mend = known ? `ask --cool ${known.models[0]}` : `ollama stop ${quoted(id)}`;
    return [warn(`${id} was ${gb(size)} and has grown to ${gb(bytes)}, by its prompt cache`, mend)];
  });
}
