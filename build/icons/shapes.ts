import type { Picture } from './png.ts';

/** How far a point is from a shape's edge, in the drawing's units; negative inside. */
export type Shape = (x: number, y: number) => number;
export type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** `Math.hypot` takes ten times as long. */
const length = (x: number, y: number): number => Math.sqrt(x * x + y * y);

/** A rectangle by its edges, with round corners. */
export function box(left: number, top: number, right: number, bottom: number, radius = 0): Shape {
  const [cx, cy] = [(left + right) / 2, (top + bottom) / 2];
  const [hx, hy] = [(right - left) / 2 - radius, (bottom - top) / 2 - radius];
  return (x, y) => {
    const [dx, dy] = [Math.abs(x - cx) - hx, Math.abs(y - cy) - hy];
    return length(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
  };
}

export const disc =
  (cx: number, cy: number, radius: number): Shape =>
  (x, y) =>
    length(x - cx, y - cy) - radius;

/** A line with round ends through points. */
export function stroke(width: number, ...points: (readonly [number, number])[]): Shape {
  const parts = points.slice(1).map((to, index) => segment(points[index] ?? to, to));
  return (x, y) => Math.min(...parts.map((part) => part(x, y))) - width / 2;
}

function segment([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): Shape {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy || 1;
  return (x, y) => {
    const along = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square));
    return length(x - ax - along * dx, y - ay - along * dy);
  };
}

export const union =
  (...shapes: Shape[]): Shape =>
  (x, y) =>
    Math.min(...shapes.map((shape) => shape(x, y)));

/** The first without the others. */
export const without =
  (shape: Shape, ...holes: Shape[]): Shape =>
  (x, y) =>
    Math.max(shape(x, y), -union(...holes)(x, y));

export const grown =
  (shape: Shape, by: number): Shape =>
  (x, y) =>
    shape(x, y) - by;

export interface Layer {
  shape: Shape;
  colour: Colour | ((x: number, y: number) => Colour);
}

/** Draws layers, the lowest first, on a picture whose sides are `units` long. */
export function draw(size: number, units: number, layers: readonly Layer[]): Picture {
  const pixels = new Uint8Array(size * size * 4);
  const step = units / size;
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1) {
      const [x, y] = [(column + 0.5) * step, (row + 0.5) * step];
      pixels.set(blend(layers, x, y, step), (row * size + column) * 4);
    }
  return { size, pixels };
}

/** One pixel. Its edge is soft over the width of a pixel. */
function blend(layers: readonly Layer[], x: number, y: number, step: number): Colour {
  let [r, g, b, a] = [0, 0, 0, 0];
  for (const { shape, colour } of layers) {
    const cover = Math.max(0, Math.min(1, 0.5 - shape(x, y) / step));
    if (cover === 0) continue;
    const [red, green, blue, alpha] = typeof colour === 'function' ? colour(x, y) : colour;
    const over = alpha * cover;
    const sum = over + a * (1 - over);
    const mix = (top: number, below: number): number => (top * over + below * a * (1 - over)) / sum;
    [r, g, b, a] = [mix(red, r), mix(green, g), mix(blue, b), sum];
  }
  return [Math.round(r), Math.round(g), Math.round(b), Math.round(a * 255)];
}

/** Half as large: each pixel is the mean of four, in which one that is clear has no colour to add. */
export function halved({ size, pixels }: Picture): Picture {
  const half = size / 2;
  const small = new Uint8Array(half * half * 4);
  for (let row = 0; row < half; row += 1)
    for (let column = 0; column < half; column += 1) {
      const first = (row * 2 * size + column * 2) * 4;
      const four = [first, first + 4, first + size * 4, first + size * 4 + 4];
      const alphas = four.map((at) => pixels[at + 3] ?? 0);
      const alpha = alphas.reduce((sum, one) => sum + one, 0);
      const mean = (channel: number): number =>
        four.reduce((sum, at, index) => sum + (pixels[at + channel] ?? 0) * (alphas[index] ?? 0), 0) /
        (alpha || 1);
      small.set([mean(0), mean(1), mean(2), alpha / 4].map(Math.round), (row * half + column) * 4);
    }
  return { size: half, pixels: small };
}
