import { buildUi } from '../../build/ui.ts';

/** Before all tests of the window: the page as it is now. */
export function setup(): void {
  buildUi();
}
