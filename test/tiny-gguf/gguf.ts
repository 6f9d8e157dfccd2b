/** A writer of GGUF files, as little of it as a test model needs. Source: the GGUF specification, version 3. */

export type Value =
  | { u32: number }
  | { f32: number }
  | { text: string }
  | { texts: string[] }
  | { f32s: number[] }
  | { i32s: number[] };

/** A tensor of 32-bit floats; `shape` has the fastest dimension first. */
export interface Tensor {
  name: string;
  shape: number[];
  data: Float32Array;
}

const TYPE = { u32: 4, i32: 5, f32: 6, text: 8, array: 9 };
const ALIGNMENT = 32;

/** The bytes of a GGUF file. */
export function gguf(metadata: Record<string, Value>, tensors: Tensor[]): Buffer {
  const entries = Object.entries(metadata).map(([key, value]) => Buffer.concat([text(key), encode(value)]));
  let offset = 0;
  const infos = tensors.map(({ name, shape, data }) => {
    const info = Buffer.concat([
      text(name),
      u32(shape.length),
      ...shape.map((size) => u64(size)),
      u32(0),
      u64(offset),
    ]);
    offset += padded(data.byteLength);
    return info;
  });
  const header = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(entries.length),
    ...entries,
    ...infos,
  ]);
  const bodies = tensors.map(({ data }) => pad(Buffer.from(data.buffer, data.byteOffset, data.byteLength)));
  return Buffer.concat([pad(header), ...bodies]);
}

function encode(value: Value): Buffer {
  if ('u32' in value) return Buffer.concat([u32(TYPE.u32), u32(value.u32)]);
  if ('f32' in value) return Buffer.concat([u32(TYPE.f32), f32(value.f32)]);
  if ('text' in value) return Buffer.concat([u32(TYPE.text), text(value.text)]);
  if ('texts' in value) return list(TYPE.text, value.texts.map(text));
  if ('f32s' in value) return list(TYPE.f32, value.f32s.map(f32));
  return list(TYPE.i32, value.i32s.map(u32));
}

const list = (type: number, items: Buffer[]): Buffer =>
  Buffer.concat([u32(TYPE.array), u32(type), u64(items.length), ...items]);

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
function f32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return bytes;
}
function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([u64(bytes.length), bytes]);
}

const padded = (size: number): number => Math.ceil(size / ALIGNMENT) * ALIGNMENT;
const pad = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
