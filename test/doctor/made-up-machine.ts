import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock as clock } from '../../proxy/clock.ts';
import type { Found } from '../../proxy/doctor/finding.ts';
import type { Check, DoctorTools } from '../../proxy/doctor/tools.ts';
import { LiveConfig } from '../../proxy/live-config.ts';
import { openMemory } from '../../proxy/memory/memory.ts';
import { NO_COUNTERS } from '../../proxy/memory/reading.ts';
import type { ProcessFacts } from '../../proxy/memory/resident.ts';
import { pathsFrom } from '../../proxy/paths.ts';
import { FakeOllama } from '../fake-ollama/server.ts';
import { never } from '../helpers/requests.ts';
import { tempFolder } from '../helpers/temp-folder.ts';
import { FAKE_MODELS } from '../helpers/toaster.ts';

/** A laptop with 24 GB as a check sees it: what runs on it is made up, its Ollama is the fake one. */
export interface MadeUpMachine {
  fake: FakeOllama;
  /** What the next look at its memory and processes finds. */
  facts: { total: number; available: number | null; processes: ProcessFacts[] };
  look(check: Check): Promise<Found[]>;
}

/** `yaml` is the config, but for where Ollama is. */
export async function madeUpMachine(yaml = ''): Promise<MadeUpMachine> {
  const fake = await FakeOllama.start({ models: FAKE_MODELS });
  const facts: MadeUpMachine['facts'] = { total: 24 * 2 ** 30, available: 12e9, processes: [] };
  const folder = tempFolder();
  const paths = pathsFrom({ ASK_DATA_DIR: folder, ASK_CONFIG: join(folder, 'config.yaml') });
  writeFileSync(paths.config, `runtimes: { ollama: { url: "${fake.url}" } }\n${yaml}`);
  const warn = (): void => undefined;
  const memory = openMemory({
    stateFile: paths.state,
    historyFile: paths.history,
    clock,
    warn,
    config: () => live.current.config,
    machine: {
      read: async () => ({
        ...facts,
        swapUsed: 0,
        kernelLevel: 'normal',
        stalled: null,
        counters: NO_COUNTERS,
      }),
      processes: async () => facts.processes,
    },
  });
  const live: LiveConfig = new LiveConfig(paths.config, { modelsDir: paths.models, warn }, memory);
  onTestFinished(async () => {
    memory.probe.close();
    memory.history.close();
    await live.close();
    await fake.close();
  });
  const tools: DoctorTools = {
    live: live.current,
    paths,
    port: 11436,
    memory,
    disk: async () => 1e12,
    env: {},
    platform: 'linux',
    wall: clock.wall,
  };
  return {
    fake,
    facts,
    async look(check) {
      // The check may take a sample that is a second old.
      await memory.probe.sample();
      return check(tools, never());
    },
  };
}
