import { describe, expect, it } from 'vitest';
import { toIcns } from '../../build/icons/icns.ts';
import { toPng } from '../../build/icons/png.ts';
import { box, draw, halved } from '../../build/icons/shapes.ts';
import { TRAY_STATES, trayIcon } from '../../build/icons/tray-icon.ts';

describe('the icons', () => {
  it('of the menu bar are black with a shape in their alpha, and tell their states apart', () => {
    const pictures = TRAY_STATES.map((state) => trayIcon(state, 16));
    for (const { pixels } of pictures) {
      const coloured = pixels.filter((value, index) => index % 4 !== 3 && value !== 0);
      expect(coloured).toHaveLength(0);
      const opaque = pixels.filter((value, index) => index % 4 === 3 && value > 200).length;
      expect(opaque).toBeGreaterThan(60);
    }
    expect(new Set(pictures.map(({ pixels }) => pixels.join())).size).toBe(TRAY_STATES.length);
  });

  it('are PNGs of their size', () => {
    const png = toPng(trayIcon('idle', 32));
    expect(png.toString('latin1', 0, 8)).toBe('\x89PNG\r\n\x1a\n');
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([32, 32, 8, 6]);
  });

  it('stand in an icns one after the other, with their lengths', () => {
    const icns = toIcns((size) => Buffer.from(`png of ${size}`));
    expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length]);
    const types: string[] = [];
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4))
      types.push(icns.toString('latin1', at, at + 4));
    expect(types).toEqual(['icp4', 'icp5', 'ic11', 'ic12', 'ic07', 'ic08', 'ic13', 'ic09', 'ic14', 'ic10']);
  });

  it('have soft edges, and halve without a dark rim', () => {
    const picture = draw(4, 4, [{ shape: box(0.5, 0, 4, 4), colour: [200, 100, 0, 1] }]);
    expect([...picture.pixels.subarray(0, 8)]).toEqual([200, 100, 0, 128, 200, 100, 0, 255]);
    expect([...halved(picture).pixels.subarray(0, 4)]).toEqual([200, 100, 0, 192]);
  });
});
