/** The container's names of PNGs by their size in pixels; a size may stand for several (256, and 128 at twice the density). */
const TYPES: Record<number, string[]> = {
  16: ['icp4'],
  32: ['icp5', 'ic11'],
  64: ['ic12'],
  128: ['ic07'],
  256: ['ic08', 'ic13'],
  512: ['ic09', 'ic14'],
  1024: ['ic10'],
};

export const ICNS_SIZES = Object.keys(TYPES).map(Number);

/** An app icon for macOS: PNGs one after the other, each with its name and length. */
export function toIcns(png: (size: number) => Buffer): Buffer {
  const entries = ICNS_SIZES.flatMap((size) => {
    const data = png(size);
    return (TYPES[size] ?? []).map((type) => block(type, data));
  });
  return block('icns', Buffer.concat(entries));
}

function block(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(data.length + 8, 4);
  return Buffer.concat([head, data]);
}
