import { describe, expect, it } from 'vitest';
import { definitionCauses, definitionChangeCauses } from '../../../shared/kube/extend/check.ts';
import type { Definition, DefinitionVersion } from '../../../shared/kube/extend/definition.ts';
import { formatWarnings } from '../../../shared/kube/extend/presets.ts';
import { readProps } from '../../../shared/kube/extend/props.ts';
import type { Schema } from '../../../shared/kube/schema/schema.ts';
import { watchCpu } from '../../support/cpu.ts';

const spec = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties: { spec: { type: 'object', properties } },
  ...more,
});

const v1: DefinitionVersion = {
  name: 'v1',
  served: true,
  storage: true,
  schema: { openAPIV3Schema: { type: 'object' } },
};

const definition = (change: Partial<NonNullable<Definition['spec']>> = {}, name = 'toys.example.com'): Definition => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'toys', singular: 'toy', kind: 'Toy', listKind: 'ToyList' },
    versions: [v1],
    conversion: { strategy: 'None' },
    ...change,
  },
});

const texts = (one: Definition) => definitionCauses(one).map(({ field, message }) => `${field}: ${message}`);
const withVersion = (change: Partial<DefinitionVersion>) => definition({ versions: [{ ...v1, ...change }] });
const withSchema = (openAPIV3Schema: Schema) => withVersion({ schema: { openAPIV3Schema } });

const root = 'spec.versions[0].schema.openAPIV3Schema';
const x = `${root}.properties[spec].properties[x]`;

describe('definitions', () => {
  const names = { plural: 'toys', singular: 'toy', kind: 'Toy', listKind: 'ToyList' };
  const webhook = (url: string, versions = ['v1']) => ({
    conversion: { strategy: 'Webhook', webhook: { clientConfig: { url }, conversionReviewVersions: versions } },
  });
  const cases: [string, Definition, (string | RegExp)[]][] = [
    ['a good one', definition(), []],
    [
      'another name',
      definition({}, 'toy.example.com'),
      [/^metadata.name: .*must be spec.names.plural\+"."\+spec.group$/],
    ],
    ['no scope', definition({ scope: '' }), ['spec.scope: Required value']],
    [
      'bad scope',
      definition({ scope: 'World' }),
      ['spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced"'],
    ],
    [
      'group without a dot',
      definition({ group: 'example' }, 'toys.example'),
      [/should be a domain with at least one dot/],
    ],
    [
      'kind is list kind',
      definition({ names: { ...names, listKind: 'Toy' } }),
      [/kind and listKind may not be the same/],
    ],
    [
      'bad short name',
      definition({ names: { ...names, shortNames: ['T'] } }),
      [/^spec.names.shortNames\[0\]: Invalid value: "T"/],
    ],
    ['no version', definition({ versions: [] }), [/must have exactly one version marked as storage version/]],
    ['two storage versions', definition({ versions: [v1, { ...v1, name: 'v2' }] }), [/exactly one version marked/]],
    [
      'same version twice',
      definition({ versions: [v1, { ...v1, storage: false }] }),
      [/must contain unique version names/],
    ],
    ['no schema', withVersion({ schema: {} }), [`${root}: Required value: schemas are required`]],
    ['bad version name', withVersion({ name: 'V1' }), [/^spec.versions\[0\].name: Invalid value: "V1"/]],
    [
      'preserveUnknownFields',
      definition({ preserveUnknownFields: true }),
      [/^spec.preserveUnknownFields: Invalid value: true/],
    ],
    [
      'warning of a version that stays',
      withVersion({ deprecationWarning: 'x' }),
      [/can only be set for deprecated versions/],
    ],
    ['unknown strategy', definition({ conversion: { strategy: 'Magic' } }), [/supported values: "None", "Webhook"/]],
    [
      'webhook missing',
      definition({ conversion: { strategy: 'Webhook' } }),
      [/required when strategy is set to Webhook/],
    ],
    ['webhook', definition(webhook('https://convert.example.com/x')), []],
    [
      'webhook in the clear',
      definition(webhook('http://convert.example.com/x')),
      [/'https' is the only allowed URL scheme/],
    ],
    ['webhook with user', definition(webhook('https://a:b@example.com/')), [/user information is not permitted/]],
    [
      'webhook of old reviews',
      definition(webhook('https://example.com/', ['v1beta1'])),
      [/must include at least one of v1/],
    ],
    [
      'webhook service',
      definition({
        conversion: {
          strategy: 'Webhook',
          webhook: { clientConfig: { service: {} }, conversionReviewVersions: ['v1'] },
        },
      }),
      [/services are not reachable/],
    ],
    [
      'webhook set for None',
      definition({ conversion: { strategy: 'None', webhook: {} } }),
      [/should not be set when strategy/],
    ],
    [
      'protected group',
      definition({ group: 'x.k8s.io' }, 'toys.x.k8s.io'),
      [/^metadata.annotations\[api-approved.kubernetes.io\]: Required value/],
    ],
    [
      'column without path',
      withVersion({ additionalPrinterColumns: [{ name: 'A', type: 'text' }] }),
      [/\[0\].type: Invalid value: "text": must be one of/, /\[0\].jsonPath: Required value/],
    ],
    [
      'column with recursion',
      withVersion({ additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '..x' }] }),
      [/jsonPath: Invalid/],
    ],
    [
      'scale outside of spec',
      withVersion({ subresources: { scale: { specReplicasPath: '.status.a', statusReplicasPath: '.status.b[0]' } } }),
      [/specReplicasPath: .*should be a json path under .spec$/, /statusReplicasPath: .*simple json path/],
    ],
    [
      'status with alternatives at the root',
      withVersion({ subresources: { status: {} }, schema: { openAPIV3Schema: { type: 'object', anyOf: [] } } }),
      [/allowed at the root of the schema if the status subresource is enabled/],
    ],
    [
      'selectable fields',
      {
        ...withVersion({
          schema: { openAPIV3Schema: spec({ a: { type: 'string' }, b: { type: 'array', items: { type: 'string' } } }) },
          selectableFields: [
            { jsonPath: '.spec.a' },
            { jsonPath: '.spec.a' },
            { jsonPath: '.spec.b' },
            { jsonPath: '.spec.c' },
            { jsonPath: '.metadata.name' },
          ],
        }),
      },
      [
        /\[1\].jsonPath: Duplicate value/,
        /\[2\].jsonPath: .*type string, boolean or integer/,
        /\[3\].*valid field/,
        /\[4\].*metadata/,
      ],
    ],
  ];
  it.each(cases)('%s', (_, one, expected) => {
    const found = texts(one);
    expect(found).toHaveLength(expected.length);
    expected.forEach((want, i) => {
      if (typeof want === 'string') expect(found[i]).toBe(want);
      else expect(found[i]).toMatch(want);
    });
  });
});

describe('schemas', () => {
  const cases: [string, Schema, string[]][] = [
    ['a type beside int-or-string', spec({ x: { type: 'string', 'x-kubernetes-int-or-string': true } }), []],
    ['untyped root', {}, [`${root}.type: Required value: must not be empty at the root`]],
    [
      'list at the root',
      { type: 'array' },
      [
        `${root}.items: Required value: must be specified`,
        `${root}.type: Invalid value: "array": must be object at the root`,
      ],
    ],
    ['untyped field', spec({ x: {} }), [`${x}.type: Required value: must not be empty for specified object fields`]],
    [
      'untyped items',
      spec({ x: { type: 'array', items: {} } }),
      [`${x}.items.type: Required value: must not be empty for specified array items`],
    ],
    ['untyped but free', spec({ x: { 'x-kubernetes-preserve-unknown-fields': true } }), []],
    [
      'int or string',
      spec({ x: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] } }),
      [],
    ],
    [
      'int or string in allOf',
      spec({
        x: { 'x-kubernetes-int-or-string': true, allOf: [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }] },
      }),
      [],
    ],
    [
      'type within anyOf',
      spec({ x: { type: 'string', anyOf: [{ type: 'string' }] } }),
      [`${x}.anyOf[0].type: Forbidden: must be empty to be structural`],
    ],
    [
      'incomplete at the root',
      { type: 'object', properties: { s: { type: 'object' } }, not: { properties: { y: {}, s: { items: {} } } } },
      [
        `${root}.properties[s].items: Required value: because it is defined in ${root}.not.properties[s].items`,
        `${root}.properties[y]: Required value: because it is defined in ${root}.not.properties[y]`,
      ],
    ],
    ['incomplete further down', spec({ x: { type: 'object', not: { properties: { y: { minimum: 1 } } } } }), []],
    [
      'complete',
      spec({
        x: {
          type: 'object',
          properties: { y: { type: 'integer' } },
          oneOf: [{ required: ['y'] }, { properties: { y: { minimum: 1 } } }],
        },
      }),
      [],
    ],
    [
      'additional at the root',
      { type: 'object', additionalProperties: { type: 'string' } },
      [`${root}.additionalProperties: Forbidden: must not be used at the root`],
    ],
    [
      'properties and additionalProperties',
      spec({ x: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'string' } } }),
      [`${x}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
    ],
    ['closed', spec({ x: { type: 'object', additionalProperties: false } }), []],
    [
      'closed, with properties',
      spec({ x: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false } }),
      [`${x}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`],
    ],
    ['a list of nothing', spec({ x: { type: 'array' } }), [`${x}.items: Required value: must be specified`]],
    ...(
      [
        [{ message: 'a\nb' }, 'message: Invalid value: "a\\nb": must not contain line breaks'],
        [{ message: ' ' }, 'message: Invalid value: " ": must be non-empty if specified'],
        [
          { optionalOldSelf: true },
          'optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule',
        ],
        [{ rule: 'true\n&& true' }, 'message: Required value: message must be specified if rule contains line breaks'],
        [
          { messageExpression: ' ' },
          'messageExpression: Required value: messageExpression must be non-empty if specified',
        ],
        [
          // What is written need not be what the type says.
          { reason: 'Foo' as 'FieldValueInvalid' },
          'reason: Unsupported value: "Foo": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"',
        ],
        [{ fieldPath: '.c' }, 'fieldPath: Invalid value: ".c": must be a valid path'],
        [{ fieldPath: 'b' }, 'fieldPath: Invalid value: "b": must be a valid path'],
        [{ fieldPath: '.b[0]' }, 'fieldPath: Invalid value: ".b[0]": must be a valid path'],
        [{ fieldPath: ".m['k'].n" }, 'fieldPath: Invalid value: ".m[\'k\'].n": must be a valid path'],
        [{ fieldPath: '.b' }, ''],
        [{ fieldPath: "['b']" }, ''],
        [{ fieldPath: ".m['k']" }, ''],
      ] as const
    ).map(([rule, text]): [string, Schema, string[]] => [
      `a rule with ${JSON.stringify(rule)}`,
      spec({
        x: {
          type: 'object',
          properties: { b: { type: 'string' }, m: { type: 'object', additionalProperties: { type: 'string' } } },
          'x-kubernetes-validations': [{ rule: 'true', ...rule }],
        },
      }),
      text === '' ? [] : [`${x}.x-kubernetes-validations[0].${text}`],
    ]),
    [
      'uniqueItems',
      spec({ x: { type: 'array', items: { type: 'string' }, uniqueItems: true } }),
      [`${x}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`],
    ],
    [
      'nullable root',
      { type: 'object', nullable: true },
      [`${root}.nullable: Forbidden: nullable cannot be true at the root`],
    ],
    [
      'look-around',
      spec({ x: { type: 'string', pattern: '(?=a)' } }),
      [`${x}.pattern: Invalid value: "(?=a)": must be a valid regular expression, but isn't`],
    ],
    [
      'metadata',
      {
        type: 'object',
        properties: { metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 5 } } } },
      },
      [],
    ],
    [
      'labels in metadata',
      { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
      [
        `${root}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
      ],
    ],
    [
      'embedded without fields',
      spec({ x: { type: 'object', 'x-kubernetes-embedded-resource': true } }),
      [
        `${x}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`,
      ],
    ],
    [
      'bad default',
      spec({ x: { type: 'integer', default: 'a' } }),
      [`${x}.default: Invalid value: "string": ${x}.default in body must be of type integer: "string"`],
    ],
    [
      'unpruned default',
      spec({ x: { type: 'object', default: { y: 1 } } }),
      [`${x}.default: Invalid value: {"y":1}: must not have unknown fields`],
    ],
    [
      'null default',
      spec({ x: { type: 'object', default: null } }),
      [`${x}.default: Invalid value: null: must not be null unless nullable`],
    ],
    [
      'set of objects',
      spec({ x: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'object' } } }),
      [
        `${x}.items.x-kubernetes-map-type: Required value: must be atomic as item of a list with x-kubernetes-list-type=set`,
      ],
    ],
    [
      'keyed list without keys',
      spec({ x: { type: 'array', 'x-kubernetes-list-type': 'map', items: { type: 'object' } } }),
      [`${x}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`],
    ],
    [
      'optional key',
      spec({
        x: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['n'],
          items: { type: 'object', properties: { n: { type: 'string' } } },
        },
      }),
      [
        `${x}.items.properties[n].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
      ],
    ],
    [
      'key that is no property',
      spec({
        x: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['n'],
          items: { type: 'object' },
        },
      }),
      [`${x}.x-kubernetes-list-map-keys[0]: Invalid value: "n": entries must all be names of item properties`],
    ],
    [
      'list type of a string',
      spec({ x: { type: 'string', 'x-kubernetes-list-type': 'atomic' } }),
      [`${x}.type: Invalid value: "string": must be array if x-kubernetes-list-type is specified`],
    ],
  ];
  it.each(cases)('%s', (_, schema, expected) => {
    const found = texts(withSchema(schema));
    expect(found).toHaveLength(expected.length);
    expected.forEach((text, i) => {
      expect(found[i]?.slice(0, text.length)).toBe(text);
    });
  });

  it.each([
    ['$ref', '#/x'],
    ['id', 'x'],
    ['definitions', { a: {} }],
    ['dependencies', { a: ['b'] }],
    ['patternProperties', { a: {} }],
    ['additionalItems', true],
    ['items', [{ type: 'string' }]],
  ])('refuses %s', (keyword, value) => {
    const { schema } = readProps({ type: 'object', [keyword]: value }, '');
    // Read as written; what is not structural is what the check is for.
    const [first] = definitionCauses(withSchema(schema as Schema));
    expect(first?.reason).toBe('FieldValueForbidden');
    expect(first?.field).toBe(`${root}.${keyword}`);
  });

  it('names formats that mean nothing', () => {
    const schema = spec({
      a: { type: 'string', format: 'date-time' },
      b: { type: 'string', format: 'moon' },
      c: { type: 'integer', format: 'int64' },
    });
    expect(formatWarnings(schema, [])).toEqual(['unrecognized format "moon"']);
  });
});

describe('readProps', () => {
  it('drops and names what it does not know, at any depth', () => {
    const { schema, unknown } = readProps(
      { type: 'object', foo: 1, properties: { a: { bar: 1, type: 'string', items: null } }, anyOf: [{ baz: true }] },
      's',
    );
    expect(schema).toEqual({ type: 'object', properties: { a: { type: 'string' } }, anyOf: [{}] });
    expect(unknown).toEqual(['s.foo', 's.properties.a.bar', 's.anyOf[0].baz']);
  });
  it.each([
    [{ type: 5 }, 'number into Go struct field JSONSchemaProps.s.type of type string'],
    [{ properties: [] }, 'array into Go struct field JSONSchemaProps.s.properties of type'],
    [{ minimum: 'a' }, 'string into Go struct field JSONSchemaProps.s.minimum of type float64'],
    [{ maxLength: 1.5 }, 'number into Go struct field JSONSchemaProps.s.maxLength of type int64'],
    [{ required: 'a' }, 'string into Go struct field JSONSchemaProps.s.required of type []string'],
    [{ items: 'a' }, 'string into Go struct field JSONSchemaProps.s.items of type v1.JSONSchemaProps'],
    [
      { 'x-kubernetes-validations': [{ rule: 1 }] },
      'number into Go struct field JSONSchemaProps.s.x-kubernetes-validations[0].rule',
    ],
  ])('refuses %j', (schema, text) => {
    expect(() => readProps(schema, 's')).toThrow(text);
  });
});

describe('changes', () => {
  const served = (one: Definition): Definition => ({
    ...one,
    status: { storedVersions: ['v1'], conditions: [{ type: 'Established', status: 'True' }] },
  });
  const v2 = { ...v1, name: 'v2' };
  it.each<[string, Partial<NonNullable<Definition['spec']>>, string[]]>([
    ['nothing', {}, []],
    ['the scope', { scope: 'Cluster' }, ['spec.scope']],
    ['the kind', { names: { plural: 'toys', kind: 'Doll' } }, ['spec.names.kind']],
    [
      'group and plural',
      { group: 'other.com', names: { plural: 'x', kind: 'Toy' } },
      ['spec.group', 'spec.names.plural'],
    ],
    ['a version that was stored', { versions: [v2] }, ['status.storedVersions[0]', 'status.storedVersions']],
  ])('%s', (_, change, fields) => {
    const causes = definitionChangeCauses(served(definition(change)), served(definition()));
    expect(causes.map(({ field }) => field)).toEqual(fields);
  });
});

it('takes no longer than there are keys to look at', () => {
  const keys = Array.from({ length: 100_000 }, (_, i) => `k${i}`);
  const list: Schema = {
    type: 'array',
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': keys,
    items: { type: 'object', properties: { n: { type: 'string' } } },
  };
  const spent = watchCpu();
  const version: DefinitionVersion = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties: { list } } } } },
    selectableFields: keys.map(key => ({ jsonPath: `.spec.${key}` })),
  };
  expect(definitionCauses(definition({ versions: [version] })).length).toBeGreaterThanOrEqual(100_000);
  expect(spent()).toBeLessThan(4_000);
});
