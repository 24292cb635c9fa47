import { concat } from '../../../base/concat.ts';
import { printJson } from '../../../base/json.ts';
import type { Catalog } from '../../catalog.ts';
import type { ResourceType } from '../../resource.ts';
import { toGnostic } from './gnostic.ts';
import { toV2Frame, toV2Part, type V2Part } from './v2.ts';

/** The Swagger 2.0 document of everything that is served, in both forms that clients ask for. */
export interface Whole {
  json(): string;
  protobuf(): Uint8Array;
}

/** A part as it is sent: its paths and each of its definitions. */
interface Printed {
  readonly paths: string;
  readonly definitions: readonly (readonly [name: string, text: string])[];
}

interface Encoded {
  readonly paths: Uint8Array;
  readonly definitions: readonly (readonly [name: string, bytes: Uint8Array])[];
}

/** Prints each type's share once, as long as the type is the same instance: a change of one type costs what that one costs. */
export const createWhole = (catalog: Catalog): Whole => {
  const parts = remembering((type: ResourceType) => toV2Part(catalog, type));
  const printed = remembering((type: ResourceType) => print(parts(type)));
  const encoded = remembering((type: ResourceType) => encode(parts(type)));
  return {
    json() {
      const { paths, definitions, ...head } = toV2Frame(catalog);
      const all = [print({ paths, definitions }), ...catalog.all().map(printed)];
      const models = sortedOf(all).map(([name, text]) => `${printJson(name)}:${text}`);
      const each = all.map(part => part.paths).filter(text => text !== '');
      return `${printJson(head).slice(0, -1)},"paths":{${each.join(',')}},"definitions":{${models.join(',')}}}`;
    },
    protobuf() {
      const { paths, definitions, ...head } = toV2Frame(catalog);
      const all = [encode({ paths, definitions }), ...catalog.all().map(encoded)];
      const models = sortedOf(all).map(([, bytes]) => bytes);
      return concat([toGnostic(head), ...all.map(part => part.paths), ...models]);
    },
  };
};

const remembering = <B>(make: (type: ResourceType) => B): ((type: ResourceType) => B) => {
  const made = new WeakMap<ResourceType, { readonly value: B }>();
  return type => {
    const known = made.get(type) ?? { value: make(type) };
    made.set(type, known);
    return known.value;
  };
};

/** By name; what several types define stands there once. */
const sortedOf = <T>(parts: readonly { readonly definitions: readonly (readonly [string, T])[] }[]): [string, T][] =>
  [...new Map(parts.flatMap(({ definitions }) => definitions))].sort(([a], [b]) => (a < b ? -1 : 1));

const print = ({ paths, definitions }: V2Part): Printed => ({
  paths: printJson(paths).slice(1, -1),
  definitions: Object.entries(definitions).map(([name, model]) => [name, printJson(model)] as const),
});

const encode = ({ paths, definitions }: V2Part): Encoded => ({
  paths: toGnostic({ paths }),
  definitions: Object.entries(definitions).map(
    ([name, model]) => [name, toGnostic({ definitions: { [name]: model } })] as const,
  ),
});
