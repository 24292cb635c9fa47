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
