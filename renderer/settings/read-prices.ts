import type { Prices } from '../../proxy/contract.ts';

/** Prices as they stand in the fields. */
export interface TypedPrices {
  input: string;
  output: string;
  currency: string;
}

/** What was typed as prices, or a sentence that says what is wrong. All empty takes them away. */
export function readPrices({ input, output, currency }: TypedPrices): Prices | null | string {
  if (input.trim() === '' && output.trim() === '') return null;
  const [into, out] = [numberOf(input), numberOf(output)];
  if (into === null || out === null) return 'Both prices as numbers, or none.';
  const unit = currency.trim().toUpperCase();
  if (!/^[A-Z]{3}$/.test(unit)) return 'A currency of three letters, such as USD.';
  return { input: into, output: out, currency: unit };
}

function numberOf(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) || value < 0 ? null : value;
}
