import { fn, type Overload, once, sizeAt } from '../function.ts';
import { dyn, type ObjectType, string } from '../type.ts';

/** What an expression makes that is to be laid over an object: `Object{spec: Object.spec{…}}`, of any fields. */
export const objectMessage: ObjectType = { k: 'object', name: 'Object', fields: new Map(), open: true };

/** One operation of a JSON patch: `JSONPatch{op: "add", path: "/a", value: 1}`. */
export const patchMessageType: ObjectType = {
  k: 'object',
  name: 'JSONPatch',
  fields: new Map([
    ...['op', 'path', 'from'].map(name => [name, { name, type: string }] as const),
    ['value', { name: 'value', type: dyn }],
  ]),
};

/** The messages that expressions of mutations can make. Parts of an object bear the path to them: `Object.spec.template`. */
export const patchMessage = (name: string): ObjectType | undefined => {
  if (name === patchMessageType.name) return patchMessageType;
  return name === 'Object' || name.startsWith('Object.') ? { ...objectMessage, name } : undefined;
};

/** Functions for patches. */
export const patchLibrary: readonly Overload[] = [
  // The signature says that it is a text.
  fn('jsonpatch.escapeKey', [string], string, ([a]) => escapeKey(a as string), {
    cost: once(),
    grows: sizes => 2 * sizeAt(sizes, 0),
  }),
];

/** A key as one step of a JSON pointer (RFC 6901). */
const escapeKey = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
