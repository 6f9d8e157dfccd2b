import type { Picture } from './png.ts';
import {
  box,
  type Colour,
  disc,
  draw,
  grown,
  halved,
  type Layer,
  type Shape,
  stroke,
  union,
} from './shapes.ts';

/** Apple's grid: on 1024 a plate of 824 with corners of 185. */
const UNITS = 1024;
const PLATE = box(100, 100, 924, 924, 185);

const rgb = (hex: number): Colour => [(hex >> 16) & 255, (hex >> 8) & 255, hex & 255, 1];

/** From one colour at `from` to another at `to`, downwards. */
const fade =
  (top: Colour, bottom: Colour, from: number, to: number) =>
  (_x: number, y: number): Colour => {
    const part = Math.max(0, Math.min(1, (y - from) / (to - from)));
    const mix = (index: 0 | 1 | 2): number => top[index] + (bottom[index] - top[index]) * part;
    return [mix(0), mix(1), mix(2), 1];
  };

const slice: Shape = union(box(316, 232, 660, 400, 84), box(352, 300, 624, 540));
const body = box(232, 452, 744, 752, 96);
const feet = union(box(296, 740, 376, 792, 20), box(600, 740, 680, 792, 20));
const lever = union(box(736, 520, 800, 548, 14), box(780, 500, 836, 568, 24));

const LAYERS: Layer[] = [
  { shape: PLATE, colour: fade(rgb(0xffb54d), rgb(0xe4572e), 100, 924) },
  // A shadow on the plate, softer the further it is.
  ...[40, 30, 20, 10].map(
    (by): Layer => ({ shape: grown(box(244, 480, 756, 800, 96), by), colour: [90, 20, 0, 0.06] }),
  ),
  { shape: slice, colour: rgb(0xa4561f) },
  { shape: grown(slice, -26), colour: fade(rgb(0xffdf9e), rgb(0xf3b763), 250, 520) },
  { shape: feet, colour: rgb(0x5a2412) },
  { shape: lever, colour: rgb(0x5a2412) },
  { shape: body, colour: fade(rgb(0xfffaf0), rgb(0xf1d9bd), 452, 752) },
  { shape: box(292, 476, 684, 500, 12), colour: rgb(0x5a2412) },
  { shape: stroke(22, [330, 604], [330, 672]), colour: rgb(0xe4572e) },
  { shape: stroke(22, [400, 604], [400, 672]), colour: rgb(0xe4572e) },
  { shape: stroke(22, [470, 604], [470, 672]), colour: rgb(0xe4572e) },
  { shape: disc(626, 638, 52), colour: rgb(0xe4572e) },
  { shape: stroke(16, [626, 638], [652, 612]), colour: rgb(0xfffaf0) },
];

/** The app's icon in every size from 1024 down to 16: drawn once, then halved again and again. */
export function appIcons(): Map<number, Picture> {
  const pictures = new Map<number, Picture>();
  for (let picture = draw(UNITS, UNITS, LAYERS); picture.size >= 16; picture = halved(picture))
    pictures.set(picture.size, picture);
  return pictures;
}
