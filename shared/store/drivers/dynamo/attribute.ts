import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Item, Value } from './table.ts';

/** DynamoDB's way to write a value. */
export const toAttribute = (value: Value): AttributeValue => {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (value instanceof Uint8Array) return { B: value };
  return { L: value.map(text => ({ S: text })) };
};

export const toAttributes = (item: Item): Record<string, AttributeValue> => {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(item)) if (value !== undefined) attributes[name] = toAttribute(value);
  return attributes;
};

/** Throws a TypeError for an item that this program cannot have written. */
export const fromAttributes = (attributes: Record<string, AttributeValue>): Item => {
  const item: Record<string, Value> = {};
  for (const [name, attribute] of Object.entries(attributes)) item[name] = fromAttribute(attribute);
  const { PK, SK } = item;
  if (typeof PK !== 'string' || typeof SK !== 'string') throw new TypeError('an item without PK and SK');
  return { ...item, PK, SK };
};

const fromAttribute = (attribute: AttributeValue): Value => {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return Number(attribute.N);
  if (attribute.B !== undefined) return attribute.B;
  if (attribute.L !== undefined) return attribute.L.map(each => each.S ?? '');
  throw new TypeError(`a value of an unknown kind: ${Object.keys(attribute)}`);
};
