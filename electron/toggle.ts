/** Whether the window is there, and whether a blur took it away, and when (ms). */
export type ToggleState = { shown: true } | { shown: false; blurredAt: number | null };

export type ToggleEvent = 'click' | 'blur' | 'hide' | 'show';

/**
 * A click on the icon while the window is open takes its focus first: blur hides it, and the click that follows must not
 * open it again. From pressing to the click a person takes longer than a program, hence the third of a second.
 */
const SAME_CLICK_MS = 350;

export const HIDDEN: ToggleState = { shown: false, blurredAt: null };

/** The window's next state. */
export function toggle(state: ToggleState, event: ToggleEvent, now: number): ToggleState {
  if (event === 'show') return { shown: true };
  if (event === 'hide') return HIDDEN;
  if (event === 'blur') return state.shown ? { shown: false, blurredAt: now } : state;
  if (state.shown) return HIDDEN;
  const same = state.blurredAt !== null && now - state.blurredAt < SAME_CLICK_MS;
  return same ? HIDDEN : { shown: true };
}
