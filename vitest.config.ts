import { defineConfig } from 'vitest/config';
import { SummaryReporter } from './test/reporter.ts';

const shared = { setupFiles: ['test/setup.ts'], testTimeout: 45_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    reporters: [new SummaryReporter()],
    globalSetup: ['test/temp-root.ts'],
    // Real processes run beside the tests; more workers than cores only make them wait.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'main',
          include: ['test/**/*.test.ts'],
          exclude: ['test/ollama/**', 'test/clients/**', 'test/ui/**', 'test/app/**', 'test/packaging/**'],
        },
      },
      {
        test: {
          ...shared,
          name: 'ui',
          globalSetup: ['test/ui/setup.ts'],
          include: ['test/ui/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'ollama',
          include: ['test/ollama/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          // Its threads wait for each other by spinning: beside a busy browser, or a second one, an answer takes ten times as long.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'electron',
          include: ['test/app/**/*.test.ts', 'test/packaging/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
          // Each starts a whole Electron, or packs one; and they bundle into the same dist/.
          fileParallelism: false,
        },
      },
    ],
  },
});
