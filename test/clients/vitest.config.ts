import { defineConfig } from 'vitest/config';
import { SummaryReporter } from '../reporter.ts';

/** `npm run test:clients`: real clients, installed outside the repository. Every test in this folder is one of them. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    reporters: [new SummaryReporter()],
    globalSetup: ['test/temp-root.ts'],
    setupFiles: ['test/setup.ts'],
    include: ['test/clients/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 420_000,
  },
});
