import { describe, expect, it } from 'vitest';
import { embeddedCauses } from '../../../shared/kube/registry/embedded.ts';
import type { Schema } from '../../../shared/kube/schema/schema.ts';

const resource: Schema = {
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
};
const schema: Schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        one: resource,
        list: { type: 'array', items: resource },
        map: { type: 'object', additionalProperties: resource },
        nest: {
          ...resource,
          properties: { spec: { type: 'object', properties: { inner: resource } } },
        },
        plain: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};

const good = { apiVersion: 'apps/v1', kind: 'Deployment' };
const texts = (spec: object): string[] =>
  embeddedCauses({ spec }, schema).map(({ field, message }) => `${field}: ${message}`);

describe('embedded resources', () => {
  it.each<[object, string[]]>([
    [{ one: good }, []],
    [{ one: { ...good, metadata: {} } }, []],
    [{ one: { ...good, metadata: { name: 'a', namespace: 'b', labels: { c: 'd' }, annotations: { e: 'f' } } } }, []],
    [{ plain: { apiVersion: 1, metadata: { labels: 5 } } }, []],
    [
      { one: {} },
      ['spec.one.apiVersion: Required value: must not be empty', 'spec.one.kind: Required value: must not be empty'],
    ],
    [{ one: { ...good, apiVersion: '' } }, ['spec.one.apiVersion: Invalid value: "": must not be empty']],
    [{ one: { ...good, apiVersion: 1 } }, ['spec.one.apiVersion: Invalid value: 1: must be a string']],
    [
      { one: { ...good, apiVersion: 'a/b/c' } },
      ['spec.one.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'],
    ],
    [
      { list: [good, { ...good, kind: 'No Kind' }] },
      [
        expect.stringMatching(
          /^spec\.list\[1\]\.kind: Invalid value: "No Kind": may have mixed case, but should otherwise match: a DNS-1035 label/,
        ),
      ],
    ],
    [
      { map: { a: { ...good, metadata: { labels: { x: 'no good!' } } } } },
      [expect.stringMatching(/^spec\.map\.a\.metadata\.labels: Invalid value: "no good!": a valid label must be/)],
    ],
    [
      { nest: { ...good, spec: { inner: { ...good, metadata: { annotations: { 'bad key': 'x' } } } } } },
      [expect.stringMatching(/^spec\.nest\.spec\.inner\.metadata\.annotations: Invalid value: "bad key": name part/)],
    ],
    [
      { one: { ...good, metadata: { name: 'a/b' } } },
      ['spec.one.metadata.name: Invalid value: "a/b": may not contain \'/\''],
    ],
    [
      { one: { ...good, metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: '' }] } } },
      ['spec.one.metadata.ownerReferences.uid: Invalid value: "": must not be empty'],
    ],
    [
      { one: { ...good, metadata: { labels: { a: 1 } } } },
      [expect.stringContaining('spec.one.metadata: Invalid value: {"labels":{"a":1}}: json: cannot unmarshal number')],
    ],
    [
      { one: { ...good, metadata: { namespace: 'Not A Label' } } },
      [expect.stringContaining('spec.one.metadata.namespace: Invalid value: "Not A Label"')],
    ],
  ])('%j', (spec, expected) => {
    expect(texts(spec)).toEqual(expected);
  });
});
