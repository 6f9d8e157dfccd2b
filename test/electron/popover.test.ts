import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Popover, type PopoverWindow } from '../../electron/popover.ts';
import { popoverPosition } from '../../electron/popover-position.ts';
import { HIDDEN, type ToggleEvent, toggle } from '../../electron/toggle.ts';

const SIZE = { width: 400, height: 620 };
const laptop = {
  bounds: { x: 0, y: 0, width: 1512, height: 982 },
  workArea: { x: 0, y: 37, width: 1512, height: 945 },
};

describe('where the window goes', () => {
  it('below the icon and centred on it, under a menu bar that is high because of a notch', () => {
    const icon = { x: 1100, y: 0, width: 30, height: 37 };
    expect(popoverPosition(icon, SIZE, laptop)).toEqual({ x: 915, y: 43, ...SIZE });
  });

  it('whole within the display when the icon is at its edge', () => {
    expect(popoverPosition({ x: 1490, y: 0, width: 22, height: 37 }, SIZE, laptop)).toMatchObject({
      x: 1106,
      y: 43,
    });
    expect(popoverPosition({ x: 0, y: 0, width: 22, height: 37 }, SIZE, laptop)).toMatchObject({ x: 6 });
  });

  it('on a display left of and above the main one, where coordinates are negative', () => {
    const second = {
      bounds: { x: -1920, y: -400, width: 1920, height: 1080 },
      workArea: { x: -1920, y: -375, width: 1920, height: 1055 },
    };
    const icon = { x: -300, y: -400, width: 24, height: 25 };
    expect(popoverPosition(icon, SIZE, second)).toEqual({ x: -488, y: -369, ...SIZE });
  });

  it('beside a bar on the left or right, above one at the bottom', () => {
    const bounds = { x: 0, y: 0, width: 1600, height: 1000 };
    const left = { bounds, workArea: { x: 60, y: 0, width: 1540, height: 1000 } };
    expect(popoverPosition({ x: 0, y: 500, width: 60, height: 24 }, SIZE, left)).toMatchObject({
      x: 66,
      y: 202,
    });
    const right = { bounds, workArea: { x: 0, y: 0, width: 1540, height: 1000 } };
    expect(popoverPosition({ x: 1540, y: 20, width: 60, height: 24 }, SIZE, right)).toMatchObject({
      x: 1134,
      y: 6,
    });
    const bottom = { bounds, workArea: { x: 0, y: 0, width: 1600, height: 960 } };
    expect(popoverPosition({ x: 800, y: 960, width: 24, height: 40 }, SIZE, bottom)).toMatchObject({
      x: 612,
      y: 334,
    });
  });

  it('in the upper right corner when nobody knows where the icon is', () => {
    expect(popoverPosition({ x: 0, y: 0, width: 0, height: 0 }, SIZE, laptop)).toMatchObject({
      x: 1106,
      y: 43,
    });
  });

  it('is of whole points, and no larger than the display', () => {
    const small = {
      bounds: { x: 0, y: 0, width: 800, height: 500 },
      workArea: { x: 0, y: 24, width: 800, height: 476 },
    };
    const place = popoverPosition({ x: 300.5, y: 0, width: 21.3, height: 24 }, SIZE, small);
    expect(place).toMatchObject({ y: 30, height: 464 });
    expect(Object.values(place).every(Number.isInteger)).toBe(true);
  });
});

describe('clicks and blurs', () => {
  const shownAfter = (...events: [ToggleEvent, number][]): boolean =>
    events.reduce((state, [event, at]) => toggle(state, event, at), HIDDEN).shown;

  it('a click opens and another closes, though blur comes first', () => {
    expect(shownAfter(['click', 0])).toBe(true);
    expect(shownAfter(['click', 0], ['click', 500])).toBe(false);
    expect(shownAfter(['click', 0], ['blur', 500], ['click', 540])).toBe(false);
    expect(shownAfter(['click', 0], ['blur', 500], ['click', 540], ['click', 700])).toBe(true);
  });

  it('a click a while after a blur opens, as does one after Escape', () => {
    expect(shownAfter(['click', 0], ['blur', 500], ['click', 2000])).toBe(true);
    expect(shownAfter(['click', 0], ['hide', 500], ['click', 510])).toBe(true);
    expect(shownAfter(['blur', 0], ['click', 10])).toBe(true);
  });
});

describe('the window', () => {
  const listeners = new Map<string, () => void>();
  let made = 0;
  let now = 0;
  const fake = () => {
    made += 1;
    return {
      on: vi.fn((event: string, listener: () => void) => listeners.set(event, listener)),
      loadURL: vi.fn(async () => undefined),
      show: vi.fn(),
      hide: vi.fn(),
      focus: vi.fn(),
      destroy: vi.fn(),
      isDestroyed: () => false,
      isVisible: () => true,
      setBounds: vi.fn(),
    };
  };
  let window: ReturnType<typeof fake>;
  let popover: Popover;
  beforeEach(() => {
    vi.useFakeTimers();
    [made, now] = [0, 100_000];
    popover = new Popover({
      open() {
        window = fake();
        return window as unknown as PopoverWindow;
      },
      place: () => ({ x: 1, y: 2, width: 3, height: 4 }),
      url: () => 'http://127.0.0.1:1/ui/',
      now: () => now,
      log: vi.fn(),
    });
  });
  afterEach(() => void vi.useRealTimers());
  const icon = { x: 0, y: 0, width: 20, height: 20 };

  it('is made at the first click, kept while it is used, and destroyed when it was hidden for long', () => {
    popover.click(icon);
    expect(window.show).toHaveBeenCalledOnce();
    popover.hide();
    vi.advanceTimersByTime(200_000);
    popover.click(icon);
    expect(made).toBe(1);
    expect(window.loadURL).toHaveBeenCalledOnce();
    popover.hide();
    vi.advanceTimersByTime(300_001);
    expect(window.destroy).toHaveBeenCalledOnce();
    popover.click(icon);
    expect(made).toBe(2);
  });

  it('is not opened by the click that took its focus', () => {
    popover.click(icon);
    listeners.get('blur')?.();
    now += 30;
    popover.click(icon);
    expect(window.show).toHaveBeenCalledOnce();
    expect(window.hide).toHaveBeenCalledOnce();
  });

  it('loads a part of the page when asked, and all of it anew when the proxy is another', () => {
    popover.show('settings');
    expect(window.loadURL).toHaveBeenLastCalledWith('http://127.0.0.1:1/ui/#settings');
    popover.reload();
    expect(window.loadURL).toHaveBeenCalledTimes(2);
    popover.hide();
    popover.reload();
    expect(window.destroy).toHaveBeenCalledOnce();
  });

  it('is made anew when its page breaks, but not again and again', () => {
    popover.show();
    popover.restart();
    expect(made).toBe(2);
    popover.restart();
    expect(made).toBe(2);
    popover.show();
    expect(made).toBe(3);
  });
});
