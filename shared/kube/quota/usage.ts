import type { ApiObject } from '../../base/object.ts';
import { compareQuantities, type Quantity, subtractQuantities, toQuantity } from '../../base/quantity.ts';
import type { ResourceType } from '../resource.ts';

/** What is taken of quotas, by name: `count/devices.example.com`, `secrets`, `requests.storage`. */
export type Usage = ReadonlyMap<string, Quantity>;

export const one = toQuantity(1);
export const none = toQuantity(0);

/** The names under which a type's objects are counted one by one. */
export const countNames = ({ group, plural, countedAs }: ResourceType): readonly string[] => [
  `count/${plural}${group === '' ? '' : `.${group}`}`,
  ...(countedAs === undefined ? [] : [countedAs]),
];

/** All that one object takes. */
export const usageOf = (type: ResourceType, object: ApiObject): Usage =>
  new Map([
    ...countNames(type).map((name): [string, Quantity] => [name, one]),
    ...Object.entries(type.usage?.(object) ?? {}).map(([name, text]): [string, Quantity] => [name, toQuantity(text)]),
  ]);

/** What an object takes more than it did before. */
export const growth = (now: Usage, before: Usage = new Map()): Usage =>
  new Map(
    [...now]
      .map(([name, quantity]): [string, Quantity] => [name, subtractQuantities(quantity, before.get(name) ?? none)])
      .filter(([, quantity]) => compareQuantities(quantity, none) > 0),
  );

/** As objects say it: a map of quantities. */
export const readUsage = (map: unknown): Usage =>
  new Map(
    Object.entries((map ?? {}) as Record<string, string | number>).map(([name, text]) => [name, toQuantity(text)]),
  );
