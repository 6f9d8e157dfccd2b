import type { Clock } from '../clock.ts';
import { durationSeconds } from '../config/duration.ts';
import type { Config } from '../config/schema.ts';
import type { ModelStatus } from '../contract.ts';
import { Footprints } from './footprints.ts';
import { MemoryHistory } from './history.ts';
import { Ledger } from './ledger.ts';
import { listProcesses } from './list-processes.ts';
import { MemoryProbe, type ProbeParts } from './probe.ts';
import { readMemory } from './read-memory.ts';
import { Room } from './room.ts';
import { StateFile } from './state-file.ts';
import { Turns } from './turns.ts';

/** All that watches and plans memory, put together once. */
export interface Memory {
  probe: MemoryProbe;
  ledger: Ledger;
  room: Room;
  turns: Turns;
  footprints: Footprints;
  /** Names of models that should stay warm. */
  pinned: Set<string>;
  history: MemoryHistory;
  /** The last answer that each model gave itself since the start. */
  lastAnswers: Map<string, NonNullable<ModelStatus['last']>>;
  /** Keeps pins and footprints on disk. */
  save(): void;
}

export interface MemoryOptions {
  stateFile: string;
  historyFile: string;
  clock: Clock;
  warn(message: string): void;
  /** The config in force. */
  config(): Config;
  /** How the machine is looked at; by default by its own means. */
  machine?: Pick<ProbeParts, 'read' | 'processes'>;
}

const thisMachine = { read: readMemory, processes: listProcesses };

export function openMemory({
  stateFile,
  historyFile,
  clock,
  warn,
  config,
  machine = thisMachine,
}: MemoryOptions): Memory {
  const file = new StateFile(stateFile, warn);
  const state = file.read();
  const pinned = new Set(state.pinned);
  const save = (): void => file.write({ pinned: [...pinned], footprints: footprints.toJSON() });
  const footprints = new Footprints(state.footprints, save);
  const probe = new MemoryProbe({ ...machine, wall: clock.wall, warn });
  const history = new MemoryHistory(historyFile, warn);
  probe.listen((sample) => history.add(sample, probe.pressure.level));
  const ledger = new Ledger(clock.now);
  const settings = () => {
    const { reserve_gb, budget_gb, system_gb } = config().memory;
    return {
      reserve: reserve_gb * 1e9,
      budget: budget_gb === undefined ? null : budget_gb * 1e9,
      system: system_gb * 1e9,
    };
  };
  const room = new Room({ ledger, probe, footprints, settings, pinned: () => pinned, warn, now: clock.now });
  const turns = new Turns({
    settings: () => {
      const { most, wait } = config().queue;
      return { most, waitS: durationSeconds(wait) };
    },
    changed: () => ledger.changed.tell(),
  });
  // What was known to be warm a moment ago was so before the sleep; its clock stood still meanwhile.
  probe.onWake(() => {
    for (const { weights } of ledger.known) room.cooled(weights.id);
  });
  return { probe, ledger, room, turns, footprints, pinned, history, lastAnswers: new Map(), save };
}
