import { writeFileSync } from 'node:fs';
import { gguf, type Tensor } from './gguf.ts';

/**
 * What the tiny model says, decided by the last word of the prompt. It is a real GGUF that real llama.cpp runs: its
 * layer adds nothing, so each token alone decides the next, and these are the chains.
 */
export const TINY = {
  toast: ['Bread,', 'made', 'warm', 'and', 'brown.'],
  /** Goes round for ever. */
  count: ['one', 'two', 'three', 'four', 'five', 'six'],
  /** After `coin` each toss is heads or tails, equally likely, for ever. */
  coin: ['heads', 'tails'],
  other: ['I', 'only', 'know', 'toast.'],
};

const TRIGGERS = ['toast', 'count', 'coin', 'call'];
/** How node-llama-cpp has models without a syntax of their own begin a tool call. */
const CALL = '||call:';
const BYTES = 3;
const CHARS = BYTES + 256;
const PIECES = CHARS + 95;
const EOS = 2;
const EMBEDDING = 128;
const FEED_FORWARD = 32;
const CONTEXT = 4096;
/** How llama.cpp numbers it. */
const MEAN = 1;
/** So large that no usual temperature picks anything but the chain's next token. */
const SURE = 100;

const TEMPLATE =
  "{% for message in messages %}{% if message['role'] == 'assistant' %}{{ message['content'] + eos_token }}" +
  "{% else %}{{ message['content'] }}{% endif %}{% endfor %}";

/**
 * Writes the tiny model to `path`: about half a megabyte. `template: false` leaves the chat template out; a larger
 * `feedForward` makes it heavier by 1.5 kB each, and no cleverer. `pooling`: it makes vectors, not text, each the mean of its
 * tokens'. `infill`: it fills in before a suffix, always as after `toast`.
 */
export function writeTinyGguf(
  path: string,
  {
    template = true,
    name = 'tiny test model',
    feedForward = FEED_FORWARD,
    pooling = false,
    infill = false,
  } = {},
): void {
  const pieces = [
    ...new Set([
      ...TRIGGERS.flatMap((text) => [...prefixes(text), ...prefixes(word(text))]),
      ...Object.values(TINY).flat().map(word),
      CALL,
    ]),
  ];
  const id = (piece: string): number => PIECES + pieces.indexOf(piece);
  const vocabulary = ['<unk>', '<s>', '</s>', ...bytes(), ...chars(), ...pieces];
  const successors = chains(id);
  writeFileSync(
    path,
    gguf(
      {
        'general.architecture': { text: 'llama' },
        'general.name': { text: name },
        'llama.context_length': { u32: CONTEXT },
        'llama.embedding_length': { u32: EMBEDDING },
        'llama.block_count': { u32: 1 },
        'llama.feed_forward_length': { u32: feedForward },
        'llama.attention.head_count': { u32: 4 },
        'llama.attention.head_count_kv': { u32: 4 },
        'llama.attention.layer_norm_rms_epsilon': { f32: 1e-5 },
        'llama.rope.dimension_count': { u32: 32 },
        'llama.vocab_size': { u32: vocabulary.length },
        'tokenizer.ggml.model': { text: 'llama' },
        'tokenizer.ggml.tokens': { texts: vocabulary },
        'tokenizer.ggml.scores': { f32s: vocabulary.map(scoreOf) },
        'tokenizer.ggml.token_type': { i32s: vocabulary.map((_, index) => typeOf(index)) },
        'tokenizer.ggml.bos_token_id': { u32: 1 },
        'tokenizer.ggml.eos_token_id': { u32: EOS },
        'tokenizer.ggml.unknown_token_id': { u32: 0 },
        ...(pooling && { 'llama.pooling_type': { u32: MEAN } }),
        // Their marks are words that mean nothing, and the last one is the trigger.
        ...(infill && {
          'tokenizer.ggml.fim_pre_token_id': { u32: id('co') },
          'tokenizer.ggml.fim_suf_token_id': { u32: id('ca') },
          'tokenizer.ggml.fim_mid_token_id': { u32: id('toast') },
        }),
        ...(template && { 'tokenizer.chat_template': { text: TEMPLATE } }),
      },
      tensors(vocabulary.length, successors, feedForward),
    ),
  );
}

const word = (text: string): string => `\u2581${text}`;
/** A word is put together from its letters, so every beginning of it must be a token, too. */
const prefixes = (text: string): string[] => [...text].map((_, i) => text.slice(0, i + 1)).slice(1);
const bytes = (): string[] =>
  Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
const chars = (): string[] =>
  Array.from({ length: 95 }, (_, i) => (i === 0 ? '\u2581' : String.fromCharCode(32 + i)));

/** Longer beginnings are preferred; single letters are the last resort. */
const scoreOf = (piece: string, index: number): number => (index < PIECES ? -1000 : piece.length);

function typeOf(index: number): number {
  const [normal, unknown, control, byte] = [1, 2, 3, 6];
  if (index === 0) return unknown;
  if (index < BYTES) return control;
  return index < CHARS ? byte : normal;
}

/** Which tokens may follow a token; the default is what everything else leads to. */
function chains(id: (piece: string) => number): { from: Map<number, number[]>; otherwise: number } {
  const from = new Map<number, number[]>();
  const follow = (start: string, words: string[], end: number): void => {
    const ids = words.map((text) => id(word(text)));
    for (const trigger of [start, word(start)]) from.set(id(trigger), [ids[0] ?? end]);
    for (const [i, token] of ids.entries()) from.set(token, [ids[i + 1] ?? end]);
  };
  const [heads, tails] = TINY.coin.map((side) => id(word(side)));
  follow('toast', TINY.toast, EOS);
  follow('count', TINY.count, id(word('one')));
  for (const piece of ['coin', word('coin'), ...TINY.coin.map(word)])
    from.set(id(piece), [heads ?? EOS, tails ?? EOS]);
  for (const piece of ['call', word('call')]) from.set(id(piece), [id(CALL)]);
  const others = TINY.other.map((text) => id(word(text)));
  for (const [i, token] of others.entries()) from.set(token, [others[i + 1] ?? EOS]);
  return { from, otherwise: others[0] ?? EOS };
}

function tensors(
  size: number,
  { from, otherwise }: ReturnType<typeof chains>,
  feedForward: number,
): Tensor[] {
  // Each token with a chain has a dimension of its own; all others share the first.
  const dimension = new Map([...from.keys()].map((token, i) => [token, i + 1]));
  const embedding = new Float32Array(size * EMBEDDING);
  for (let token = 0; token < size; token++) embedding[token * EMBEDDING + (dimension.get(token) ?? 0)] = 1;
  const output = new Float32Array(size * EMBEDDING);
  output[otherwise * EMBEDDING] = SURE;
  for (const [token, next] of from)
    for (const to of next) output[to * EMBEDDING + (dimension.get(token) ?? 0)] = SURE;
  const zero = (name: string, ...shape: number[]): Tensor => ({
    name: `blk.0.${name}.weight`,
    shape,
    data: new Float32Array(shape.reduce((a, b) => a * b)),
  });
  const ones = (name: string): Tensor => ({
    name,
    shape: [EMBEDDING],
    data: new Float32Array(EMBEDDING).fill(1),
  });
  return [
    { name: 'token_embd.weight', shape: [EMBEDDING, size], data: embedding },
    { name: 'output.weight', shape: [EMBEDDING, size], data: output },
    ones('output_norm.weight'),
    ones('blk.0.attn_norm.weight'),
    ones('blk.0.ffn_norm.weight'),
    ...['attn_q', 'attn_k', 'attn_v', 'attn_output'].map((name) => zero(name, EMBEDDING, EMBEDDING)),
    zero('ffn_gate', EMBEDDING, feedForward),
    zero('ffn_up', EMBEDDING, feedForward),
    zero('ffn_down', feedForward, EMBEDDING),
  ];
}
