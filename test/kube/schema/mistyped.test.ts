import { describe, expect, it } from 'vitest';
import { findMistyped } from '../../../shared/kube/schema/mistyped.ts';
import type { Schema } from '../../../shared/kube/schema/schema.ts';

const schema: Schema = {
  type: 'object',
  properties: {
    data: { type: 'object', additionalProperties: { type: 'string' } },
    secret: { type: 'object', additionalProperties: { type: 'string', format: 'byte' } },
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer', format: 'int32' },
        names: { type: 'array', items: { type: 'string' } },
        port: { 'x-kubernetes-int-or-string': true },
        sizes: { type: 'object', additionalProperties: { 'x-kubernetes-int-or-string': true, quantity: true } },
        since: { type: 'integer', format: 'int64' },
      },
    },
  },
};

describe('findMistyped', () => {
  const cases: [string, object, string | undefined][] = [
    ['nothing', { metadata: { name: 'a' }, data: { a: 'b' } }, undefined],
    ['nulls fit', { metadata: { name: null, labels: null }, data: null, spec: { replicas: null } }, undefined],
    [
      'a bare boolean as an annotation',
      { metadata: { annotations: { a: true } } },
      'json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.annotations of type string',
    ],
    [
      'a number as a name',
      { metadata: { name: 1 } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string',
    ],
    [
      'a list as labels',
      { metadata: { labels: [] } },
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      'text as metadata',
      { metadata: 'x' },
      'json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta',
    ],
    ['data', { data: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
    ['base64', { secret: { a: 'a$==' } }, 'illegal base64 data at input byte 1'],
    [
      'within spec',
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field ConfigMapSpec.spec.replicas of type int32',
    ],
    [
      'list items',
      { spec: { names: ['a', {}] } },
      'json: cannot unmarshal object into Go struct field ConfigMapSpec.spec.names of type string',
    ],
    ['int or string', { spec: { port: '1' } }, undefined],
    [
      'a time',
      { metadata: { creationTimestamp: 'x' } },
      'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"',
    ],
  ];
  const quantities = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
  it.each<[unknown, string | undefined]>([
    ['1Gi', undefined],
    [1, undefined],
    [1.5, undefined],
    [2n ** 70n, undefined],
    [null, undefined],
    ['1Zi', quantities],
    ['', quantities],
    [true, quantities],
    [{}, quantities],
    [['1'], quantities],
  ])('%s as a quantity', (storage, expected) => {
    expect(findMistyped({ spec: { sizes: { storage } } }, { kind: 'ConfigMap', native: true, schema })).toBe(expected);
  });

  it.each<[object, string | undefined]>([
    [{ replicas: 2 ** 31 - 1 }, undefined],
    [{ replicas: -(2 ** 31) }, undefined],
    [{ replicas: 2 ** 31 }, 'number 2147483648 into Go struct field ConfigMapSpec.spec.replicas of type int32'],
    [{ replicas: -1e300 }, 'of type int32'],
    [{ since: 2n ** 63n - 1n }, undefined],
    [{ since: 2n ** 63n }, 'number 9223372036854775808 into Go struct field ConfigMapSpec.spec.since of type int64'],
  ])('%o fits as Go’s integers do', (spec, expected) => {
    const found = findMistyped({ spec }, { kind: 'ConfigMap', native: true, schema });
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toContain(expected);
  });

  it.each(cases)('%s', (_, object, expected) => {
    expect(findMistyped(object, { kind: 'ConfigMap', native: true, schema })).toBe(expected);
  });

  it('leaves the rest of kinds that are not native to validation', () => {
    expect(findMistyped({ data: { a: 1 } }, { kind: 'Device', native: false, schema })).toBeUndefined();
    expect(findMistyped({ metadata: { labels: { a: 1 } } }, { kind: 'Device', native: false, schema })).toContain(
      'ObjectMeta',
    );
  });
});
