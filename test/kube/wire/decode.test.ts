import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFault } from '../../../shared/base/fault.ts';
import { decodeBody, decodeDeleteOptions, decodePatch } from '../../../shared/kube/wire/decode.ts';

const widget = { group: 'example.com', version: 'v1', kind: 'Widget', native: false };
const configMap = { group: '', version: 'v1', kind: 'ConfigMap', native: true };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const failure = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isFault(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no failure';
};

const head = { apiVersion: 'example.com/v1', kind: 'Widget' };

describe('decodeBody', () => {
  it('takes JSON, and YAML 1.1', () => {
    const text = '{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"on":true}}';
    const object = { ...head, metadata: { name: 'a' }, spec: { on: true } };
    expect(decodeBody(bytes(text), null, widget)).toEqual({ object, duplicates: [] });
    const yaml = 'apiVersion: example.com/v1\nkind: Widget\nmetadata:\n  name: a\nspec:\n  "on": yes\n';
    expect(decodeBody(bytes(yaml), 'application/yaml', widget)).toEqual({ object, duplicates: [] });
  });

  it('fills in kind, apiVersion and metadata', () => {
    expect(decodeBody(bytes('{"spec":{}}'), null, widget).object).toEqual({
      ...head,
      metadata: { name: '' },
      spec: {},
    });
    expect(decodeBody(bytes('{"kind":"","apiVersion":"","metadata":null}'), null, widget).object).toEqual({
      ...head,
      metadata: { name: '' },
    });
  });

  it('tells duplicate keys, each once', () => {
    const text = '{"spec":{"a":1,"a":2,"a":3,"list":[{"x":1,"x":1}]},"metadata":{"labels":{"k":"1","k":"2"}}}';
    expect(decodeBody(bytes(text), null, widget).duplicates).toEqual(['spec.a', 'spec.list[0].x', 'metadata.labels.k']);
    const many = `{${Array.from({ length: 300 }, (_, i) => `"k${i}":1,"k${i}":2`).join(',')}}`;
    expect(decodeBody(bytes(many), null, widget).duplicates).toHaveLength(100);
  });

  it('keeps 64-bit integers', () => {
    expect(decodeBody(bytes('{"spec":{"n":9007199254740993}}'), null, widget).object.spec).toEqual({
      n: 9007199254740993n,
    });
  });

  it('drops nulls from metadata, but for an unset creation time', () => {
    const text =
      '{"metadata":{"name":"a","labels":null,"creationTimestamp":null,"ownerReferences":[{"name":"o","controller":null}]}}';
    expect(decodeBody(bytes(text), null, widget).object.metadata).toEqual({
      name: 'a',
      creationTimestamp: null,
      ownerReferences: [{ name: 'o' }],
    });
  });

  const unrecognized = '400 the object provided is unrecognized (must be of type Widget): ';
  const parse = `${unrecognized}couldn't get version/kind; json parse error: `;
  const handled = '400 Widget in version "v1" cannot be handled as a Widget: json: cannot unmarshal ';

  it.each<[string, string]>([
    ['', `${parse}unexpected end of JSON input (<empty>)`],
    ['{', `${parse}unexpected end of JSON input ({)`],
    ['nonsense', `${parse}invalid character 'o' in literal null (expecting 'u') (6e6f6e73656e7365)`],
    [
      `{"a":"${'x'.repeat(40)}"]`,
      `${parse}invalid character ']' after object key:value pair ({"a":"xxxxxxxxxxxxxxxxxxxxxxxx ...)`,
    ],
    ['[]', `${parse}json: cannot unmarshal array into Go value of type map[string]interface {} (5b5d)`],
    ['5', `${parse}json: cannot unmarshal number into Go value of type map[string]interface {} (35)`],
    ['null', `${parse}json: cannot unmarshal null into Go value of type map[string]interface {} (6e756c6c)`],
    ['{"__proto__":1}', `${parse}the key "__proto__" is not allowed ({"__proto__":1})`],
    ['{"kind":5}', `${parse}json: cannot unmarshal number into Go struct field .kind of type string`],
    ['{"apiVersion":{}}', `${parse}json: cannot unmarshal object into Go struct field .apiVersion of type string`],
    [
      '{"apiVersion":"example.com/v1","kind":"Other"}',
      '422 Other.example.com "" is invalid: kind: Invalid value: "Other": must be Widget',
    ],
    [
      '{"apiVersion":"example.com/v2","kind":"Widget"}',
      '400 the API version in the data (example.com/v2) does not match the expected API version (example.com/v1)',
    ],
    ['{"metadata":5}', `${handled}number into Go struct field Widget.metadata of type v1.ObjectMeta`],
    ['{"metadata":{"name":5}}', `${handled}number into Go struct field ObjectMeta.metadata.name of type string`],
    [
      '{"metadata":{"labels":{"a":true}}}',
      `${handled}bool into Go struct field ObjectMeta.metadata.labels of type string`,
    ],
    [
      '{"metadata":{"labels":[]}}',
      `${handled}array into Go struct field ObjectMeta.metadata.labels of type map[string]string`,
    ],
    [
      '{"metadata":{"finalizers":"x"}}',
      `${handled}string into Go struct field ObjectMeta.metadata.finalizers of type []string`,
    ],
    [
      '{"metadata":{"generation":1.5}}',
      `${handled}number into Go struct field ObjectMeta.metadata.generation of type int64`,
    ],
    [
      '{"metadata":{"ownerReferences":[{"uid":1}]}}',
      `${handled}number into Go struct field OwnerReference.metadata.ownerReferences.uid of type string`,
    ],
    [
      '{"metadata":{"ownerReferences":[1]}}',
      `${handled}number into Go struct field ObjectMeta.metadata.ownerReferences of type v1.OwnerReference`,
    ],
    [
      '{"metadata":{"managedFields":{}}}',
      `${handled}object into Go struct field ObjectMeta.metadata.managedFields of type []v1.ManagedFieldsEntry`,
    ],
  ])('refuses %s', (text, message) => {
    expect(failure(() => decodeBody(bytes(text), null, widget))).toBe(message);
  });

  it('refuses formats that the type does not have', () => {
    const supported = 'application/json, application/yaml';
    const message = '415 the body of the request was in an unknown format - accepted media types include: ';
    const run = (type: string, expected: typeof widget) => failure(() => decodeBody(bytes('{}'), type, expected));
    expect(run('text/plain', widget)).toBe(message + supported);
    expect(run('application/vnd.kubernetes.protobuf', widget)).toBe(message + supported);
    expect(run('text/plain', configMap)).toBe(`${message}${supported}, application/vnd.kubernetes.protobuf`);
  });

  it('answers any bytes with an object or a 400', () => {
    const formats = fc.constantFrom('application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf');
    const prefixed = fc.uint8Array().map(tail => new Uint8Array([0x6b, 0x38, 0x73, 0, ...tail]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), prefixed), formats, (body, format) => {
        expect(failure(() => decodeBody(body, format, configMap))).toMatch(/^(400 |no failure)/);
      }),
      { numRuns: 1000 },
    );
  });

  it('answers any JSON with an object or a 400', () => {
    const member = fc.constantFrom('metadata', 'kind', 'apiVersion', 'spec', 'name', 'labels', 'ownerReferences');
    const tree = fc.object({ key: member, maxDepth: 4, values: [fc.jsonValue(), fc.constant('v1')] });
    fc.assert(
      fc.property(tree, value => {
        expect(failure(() => decodeBody(bytes(JSON.stringify(value)), null, configMap))).toMatch(/^(400 |no failure)/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('decodeDeleteOptions', () => {
  it.each<[string, string | null, object | undefined]>([
    ['', null, undefined],
    ['{}', null, {}],
    ['{"propagationPolicy":"Background"}', 'application/json', { propagationPolicy: 'Background' }],
    [
      '{"kind":"DeleteOptions","apiVersion":"example.com/v7","gracePeriodSeconds":0,"dryRun":null}',
      null,
      { gracePeriodSeconds: 0 },
    ],
    ['preconditions: {uid: x}', 'application/yaml', { preconditions: { uid: 'x' } }],
  ])('%s', (text, type, options) => {
    expect(decodeDeleteOptions(bytes(text), type)).toEqual(options);
  });

  it.each<[string, string]>([
    ['{"kind":"Other"}', '400 no kind "Other" is registered for version "v1"'],
    [
      '{"gracePeriodSeconds":"x"}',
      '400 json: cannot unmarshal string into Go struct field DeleteOptions.gracePeriodSeconds of type int64',
    ],
    ['{"propagationPolicy":1}', 'DeleteOptions.propagationPolicy of type v1.DeletionPropagation'],
    ['{"orphanDependents":1}', 'DeleteOptions.orphanDependents of type bool'],
    ['{"dryRun":["All",1]}', 'DeleteOptions.dryRun of type []string'],
    ['{"preconditions":{"uid":1}}', 'DeleteOptions.preconditions of type v1.Preconditions'],
    ['[]', "400 couldn't get version/kind; json parse error: json: cannot unmarshal array"],
    ['{', "400 couldn't get version/kind; json parse error: unexpected end of JSON input"],
  ])('refuses %s', (text, message) => {
    expect(failure(() => decodeDeleteOptions(bytes(text), null))).toContain(message);
  });
});

describe('decodePatch', () => {
  it('reads a patch and finds its duplicates', () => {
    expect(decodePatch(bytes('{"a":1,"a":2}'), 'json')).toEqual({ patch: { a: 2 }, duplicates: ['a'] });
    expect(decodePatch(bytes('a: y'), 'yaml')).toEqual({ patch: { a: true }, duplicates: [] });
  });

  it('says what is wrong with it', () => {
    expect(failure(() => decodePatch(bytes('{'), 'json'))).toBe(
      '400 error decoding patch: unexpected end of JSON input',
    );
  });
});
