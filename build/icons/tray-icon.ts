import type { Picture } from './png.ts';
import { box, draw, type Shape, stroke, union, without } from './shapes.ts';

/** The states that the menu bar shows; the app names its files by them. */
export const TRAY_STATES = ['idle', 'toasting', 'warn', 'critical'] as const;
export type TrayState = (typeof TRAY_STATES)[number];

/** In points of the menu bar; edges lie on whole ones where they can, so that they are sharp at 16 pixels. */
const UNITS = 16;

const BODY = union(box(1, 7, 13, 14, 2), box(3, 14, 5, 15), box(9, 14, 11, 15));
const lever = (y: number): Shape => box(13, y, 15, y + 2, 0.6);
const MARK = union(box(6, 8, 8, 11, 0.5), box(6, 12, 8, 13, 0.4));

/** A slice of bread: two round shoulders over a body, its foot in the toaster. */
const bread = (top: number): Shape => union(box(3, top, 11, top + 3.4, 1.7), box(4, top + 1, 10, 8));
/** The gap between bread and toaster keeps them apart in one colour. */
const RIM = box(0, 6, 16, 7);

/** Smoke, in two strokes that stand on whole points. */
const wisp = (x: number): Shape => union(box(x, 3, x + 1, 6, 0.5), box(x + 1, 1, x + 2, 4, 0.5));

const SHAPES: Record<TrayState, Shape> = {
  // What is left of the bread when it is down: its crust, just over the rim.
  idle: union(BODY, lever(8), box(4, 4, 10, 6, 0.9)),
  toasting: union(without(BODY, stroke(1, [4, 11.5], [10, 11.5])), lever(11), without(bread(1), RIM)),
  warn: union(without(BODY, MARK), lever(8), without(bread(2), RIM)),
  critical: union(without(BODY, MARK), lever(8), ...[3, 6, 9].map(wisp)),
};

/** A template image: black, its shape in the alpha channel; macOS paints it as the menu bar needs it. */
export function trayIcon(state: TrayState, size: number): Picture {
  return draw(size, UNITS, [{ shape: SHAPES[state], colour: [0, 0, 0, 1] }]);
}
