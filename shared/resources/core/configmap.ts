import { Buffer } from 'node:buffer';
import type { Cause } from '../../base/fault.ts';
import type { ApiObject } from '../../base/object.ts';
import { cause } from '../../base/path.ts';
import { ageColumn, defineResource } from '../define.ts';
import { checkGlobalOptions, optionsName, unknownGlobalOptions } from '../eve/options.ts';
import { byteMap, flag, textMap } from '../text.ts';
import { base64Length, checkKeys, keyPath, maxDataBytes, normalizeBytes } from './data.ts';
import { checkFrozen } from './frozen.ts';

export const configMap = defineResource(
  {
    version: 'v1',
    kind: 'ConfigMap',
    plural: 'configmaps',
    shortNames: ['cm'],
    scope: 'Namespaced',
    native: true,
    description: 'Settings for others to read: texts and bytes under keys.',
    fields: () => ({
      data: textMap('Values as text. Keys consist of letters, digits, `-`, `_` and `.`.'),
      binaryData: byteMap('Values as bytes, in base64. A key may stand in one of the two maps only.'),
      immutable: flag("Freezes data and binaryData for the rest of the object's life."),
    }),
  },
  {
    countedAs: 'configmaps',
    columns: [
      { name: 'Data', type: 'integer', description: 'How many keys there are', value: object => countKeys(object) },
      ageColumn,
    ],

    prepareCreate: normalize,
    prepareUpdate: normalize,
    async admit(draft, _old, { warn }) {
      if (draft.metadata.name !== optionsName) return;
      for (const text of unknownGlobalOptions(draft)) warn(text);
    },
    validate: object => [...checkContent(object), ...checkOptions(object)],
    validateUpdate: (now, old) => checkFrozen(now, old, ['data', 'binaryData']),
  },
);

function normalize(draft: ApiObject): void {
  if (draft.binaryData) draft.binaryData = normalizeBytes('ConfigMap', mapOf(draft, 'binaryData'));
}

// Values were checked to be strings by the schema before any hook sees the object.
const mapOf = (object: ApiObject, field: string) => (object[field] ?? {}) as Record<string, string>;

const countKeys = (object: ApiObject): number =>
  Object.keys(mapOf(object, 'data')).length + Object.keys(mapOf(object, 'binaryData')).length;

const checkContent = (object: ApiObject): Cause[] => {
  const data = mapOf(object, 'data');
  const binaryData = mapOf(object, 'binaryData');
  const causes = [...checkKeys(data, 'data'), ...checkKeys(binaryData, 'binaryData')];
  for (const key of Object.keys(data)) {
    if (!Object.hasOwn(binaryData, key)) continue;
    causes.push(cause.invalid(keyPath('data', key), key, 'duplicate of key present in binaryData'));
  }
  let size = 0;
  for (const value of Object.values(data)) size += Buffer.byteLength(value);
  for (const value of Object.values(binaryData)) size += base64Length(value);
  // Upstream names no field: the object as a whole is too long.
  if (size > maxDataBytes) causes.push(cause.tooLong('[]', maxDataBytes));
  return causes;
};

const checkOptions = (object: ApiObject): Cause[] =>
  object.metadata.name === optionsName ? checkGlobalOptions(object) : [];
