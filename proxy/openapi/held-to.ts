import type * as z from 'zod';

/** A type with its intersections and interfaces written out, so that two ways to write the same compare as the same. */
type Flat<T> = T extends readonly (infer Item)[]
  ? Flat<Item>[]
  : T extends object
    ? { [Key in keyof T]: Flat<T[Key]> }
    : T;

type Same<A, B> =
  (<T>() => T extends Flat<A> ? 1 : 2) extends <T>() => T extends Flat<B> ? 1 : 2 ? true : false;

/**
 * A schema that describes exactly the type of the contract: `heldTo<Status>()(z.object(...))`. Where a field is missing, is
 * too many, or is of another type, it does not compile.
 */
export const heldTo =
  <Contract>() =>
  <Schema extends z.ZodType>(
    schema: Same<z.output<Schema>, Contract> extends true ? Schema : { 'is not as in contract.ts': Contract },
  ): Schema =>
    // What is no schema did not compile.
    schema as Schema;
