import { describe, expect, it } from 'vitest';
import { listProcesses } from '../../proxy/memory/list-processes.ts';
import { orphanPids, type ProcessFacts, residentMemory } from '../../proxy/memory/resident.ts';

const RUNNER = '/opt/ollama/lib/ollama/llama-server --model /models/blobs/sha256-abc --port 4000';
const process_ = (pid: number, parent: number, command: string, rss: number): ProcessFacts => ({
  pid,
  parent,
  name: command.split(/[ /]/)[0] ?? '',
  command,
  rss,
});
const list = [
  process_(10, 1, '/usr/local/bin/ollama serve', 60),
  process_(11, 10, RUNNER, 600),
  process_(12, 11, 'helper', 5),
  process_(20, 1, RUNNER, 500),
  process_(21, 1, '/usr/bin/ollama runner --mlx-engine', 50),
  process_(30, 1, '/opt/other/llama-server --model /home/me/mine.gguf', 9000),
  process_(40, 1, 'node toaster', 80),
  process_(41, 40, 'node dist/llamacpp-child.js', 400),
  process_(50, 1, 'vim ollama.md', 7),
];

describe('who holds how much', () => {
  it('is Ollama with all below it, the orphans of a dead one, the own children, and nobody else', () => {
    expect(residentMemory(list, 40)).toEqual({
      ollama: 665,
      orphans: 550,
      llamacpp: 400,
      toaster: 80,
    });
    expect(orphanPids(list)).toEqual([20, 21]);
  });

  it('is unknown where processes cannot be listed', () => {
    expect(residentMemory(null, 40)).toEqual({
      ollama: null,
      orphans: null,
      llamacpp: null,
      toaster: null,
    });
  });

  it('is found on this machine', async () => {
    expect(residentMemory(await listProcesses(), process.pid).toaster).toBeGreaterThan(1e7);
  });
});
