import {
  addQuantities,
  compareQuantities,
  parseQuantity,
  type Quantity,
  subtractQuantities,
} from '../../../base/quantity.ts';
import { fn, method, type Overload, once } from '../function.ts';
import { bool, double, int, opaque, string } from '../type.ts';
import { CelError, Opaque } from '../value.ts';

class QuantityValue extends Opaque {
  readonly typeName = 'kubernetes.Quantity';
  readonly quantity: Quantity;
  constructor(quantity: Quantity) {
    super();
    this.quantity = quantity;
  }
  equals(other: Opaque): boolean {
    return other instanceof QuantityValue && other.quantity.nano === this.quantity.nano;
  }
}

const quantityType = opaque('kubernetes.Quantity');

const read = (text: string): QuantityValue => {
  const quantity = parseQuantity(text);
  if (!quantity) {
    throw new CelError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
  }
  return new QuantityValue(quantity);
};

const units = 1_000_000_000n;
const isWhole = ({ nano }: Quantity): boolean => nano % units === 0n;

const toInteger = ({ nano }: Quantity): bigint => {
  if (nano % units !== 0n) throw new CelError('cannot convert value to integer');
  return nano / units;
};

// Signatures are checked before functions run: the casts below say what they say.
const of = (value: unknown): Quantity => (value as QuantityValue).quantity;
const whole = (value: unknown): Quantity => ({ nano: (value as bigint) * units, format: 'decimal' });

const combine = (name: string, run: (a: Quantity, b: Quantity) => Quantity): Overload[] => [
  method(name, [quantityType, quantityType], quantityType, ([a, b]) => new QuantityValue(run(of(a), of(b)))),
  method(name, [quantityType, int], quantityType, ([a, b]) => new QuantityValue(run(of(a), whole(b)))),
];

/** Kubernetes' quantity library. */
export const quantities: readonly Overload[] = [
  fn('quantity', [string], quantityType, ([a]) => read(a as string), { cost: once() }),
  fn('isQuantity', [string], bool, ([a]) => parseQuantity(a as string) !== undefined, { cost: once() }),
  method('isInteger', [quantityType], bool, ([a]) => isWhole(of(a))),
  method('asInteger', [quantityType], int, ([a]) => toInteger(of(a))),
  method('asApproximateFloat', [quantityType], double, ([a]) => Number(of(a).nano) / 1e9),
  method('sign', [quantityType], int, ([a]) => (of(a).nano < 0n ? -1n : of(a).nano > 0n ? 1n : 0n)),
  method('isGreaterThan', [quantityType, quantityType], bool, ([a, b]) => compareQuantities(of(a), of(b)) > 0),
  method('isLessThan', [quantityType, quantityType], bool, ([a, b]) => compareQuantities(of(a), of(b)) < 0),
  method('compareTo', [quantityType, quantityType], int, ([a, b]) => BigInt(compareQuantities(of(a), of(b)))),
  ...combine('add', addQuantities),
  ...combine('sub', subtractQuantities),
];
