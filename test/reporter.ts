import type { Reporter, TestCase, TestModule, TestRunEndReason } from 'vitest/node';
import { DefaultReporter } from 'vitest/node';

/** A line per file, failures in full, why a test was skipped, and as the last line `N passed, N failed, N skipped`. */
export class SummaryReporter extends DefaultReporter implements Reporter {
  readonly #count = { passed: 0, failed: 0, skipped: 0 };
  readonly #skips: string[] = [];

  constructor() {
    super({ summary: false });
  }

  override onTestCaseResult(test: TestCase): void {
    super.onTestCaseResult(test);
    const result = test.result();
    if (result.state === 'pending') return;
    this.#count[result.state] += 1;
    if (result.state === 'skipped')
      this.#skips.push(`skipped: ${test.fullName}: ${result.note ?? 'no reason given'}`);
  }

  override async onTestRunEnd(
    modules: readonly TestModule[],
    errors: Parameters<DefaultReporter['onTestRunEnd']>[1],
    reason: TestRunEndReason,
  ): Promise<void> {
    await super.onTestRunEnd(modules, errors, reason);
    // A file that does not even load, or an error outside of any test, is a failure, too.
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    for (const skip of this.#skips) console.log(skip);
    const { passed, failed, skipped } = this.#count;
    console.log(`${passed} passed, ${failed + broken} failed, ${skipped} skipped`);
  }
}
