import fc from 'fast-check';
import { type Field, type FieldType, type Message, messageType } from '../../shared/base/table.ts';
import { type EveMessages, eve } from '../../shared/eve/generated/table.ts';

/**
 * Messages of a type with any of their fields, each with any value that the encoding can carry: whatever numbers, texts, depths
 * and lengths a device could send. `ids`: texts that mean something to who reads them.
 */
export const anyMessage = <K extends keyof EveMessages & string>(
  name: K,
  ids: readonly string[],
): fc.Arbitrary<EveMessages[K]> =>
  messageOf(name, { text: textOf(ids), isMany: false }, 0) as fc.Arbitrary<EveMessages[K]>; // by the table

interface Values {
  readonly text: fc.Arbitrary<string>;
  /** Inside of a long list: one in the other would be too much for a test. */
  readonly isMany: boolean;
}

const textOf = (ids: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ids) },
    { weight: 2, arbitrary: fc.constantFrom(...odd) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  );

/** Texts that break those who take texts for names, keys, numbers, times or addresses. */
const odd = [
  '',
  '__proto__',
  'constructor',
  'a'.repeat(2_000),
  '\u0000',
  '\n{"a":1}',
  '💥\u202e',
  '2026-13-45T99:99:99Z',
  '../..',
  '-1',
  '1e999',
  '999.999.999.999/99',
  '::ffff:1.2.3.4',
];

const deepest = 6;

const messageOf = (name: string, values: Values, depth: number): fc.Arbitrary<Message> => {
  const { fields } = messageType(eve, name);
  const usable = fields.filter(({ type }) => type.kind !== 'message' || depth < deepest);
  if (usable.length === 0) return fc.constant({});
  return fc
    .uniqueArray(fc.constantFrom(...usable), { minLength: depth === 0 ? 1 : 0, maxLength: depth < 2 ? 12 : 5 })
    .map(withoutSiblings)
    .chain(chosen => fc.record(Object.fromEntries(chosen.map(field => [field.name, contentOf(field, values, depth)]))));
};

const withoutSiblings = (fields: readonly Field[]): Field[] =>
  fields.filter((field, at) => !fields.slice(0, at).some(one => field.siblings.includes(one.name)));

const contentOf = (field: Field, values: Values, depth: number): fc.Arbitrary<unknown> => {
  const one = oneOf(field.type, values, depth);
  if (field.key !== undefined)
    return fc.dictionary(field.key === 'string' ? values.text : fc.nat().map(String), one, { maxKeys: 3 });
  if (!field.repeated) return one;
  const few = fc.array(one, { maxLength: 3 });
  if (values.isMany) return few;
  const many = oneOf(field.type, { ...values, isMany: true }, depth).chain(item =>
    fc.nat(300).map(count => Array.from({ length: count }, () => item)),
  );
  return fc.oneof({ weight: 9, arbitrary: few }, { weight: 1, arbitrary: many });
};

const oneOf = (type: FieldType, values: Values, depth: number): fc.Arbitrary<unknown> => {
  if (type.kind === 'message') return messageOf(type.message.name, values, depth + 1);
  if (type.kind === 'enum')
    return fc.oneof(fc.constantFrom(...type.values.byNumber.keys()), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
  switch (type.scalar) {
    case 'string':
      return values.text;
    case 'bytes':
      return fc.uint8Array({ maxLength: 40 });
    case 'bool':
      return fc.boolean();
    case 'double':
    case 'float':
      return fc.oneof(fc.double(), fc.float());
    case 'uint64':
    case 'fixed64':
      return fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      return fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    case 'uint32':
    case 'fixed32':
      return fc.oneof(fc.nat(100), fc.nat(2 ** 32 - 1));
    default:
      return fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  }
};
