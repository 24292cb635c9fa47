import { describe, expect, it } from 'vitest';
import { configMaps, startAdmission } from '../../support/admission.ts';
import { watchCpu } from '../../support/cpu.ts';
import { widgets } from '../../support/widgets.ts';

const widgetRules = [
  { operations: ['CREATE', 'UPDATE'], apiGroups: ['example.com'], apiVersions: ['v1'], resources: ['widgets'] },
];

const applied = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patched = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } });

interface Setup {
  readonly rules?: object[];
  readonly spec?: object;
  readonly binding?: object;
  readonly name?: string;
}

const addPolicy = async (
  kube: Pick<Awaited<ReturnType<typeof startAdmission>>, 'declare'>,
  mutations: readonly object[],
  { rules = widgetRules, spec = {}, binding = {}, name = 'p' }: Setup = {},
) => {
  await kube.declare('mutatingadmissionpolicies', name, {
    spec: { matchConstraints: { resourceRules: rules }, reinvocationPolicy: 'Never', mutations, ...spec },
  });
  await kube.declare('mutatingadmissionpolicybindings', name, { spec: { policyName: name, ...binding } });
};

const start = async (mutations: readonly object[], setup: Setup = {}) => {
  const kube = await startAdmission({ types: [widgets] });
  await addPolicy(kube, mutations, setup);
  const base = '/apis/example.com/v1/namespaces/default/widgets';
  const make = (spec: object = {}, metadata: object = {}, query = '') =>
    kube.send('POST', `${base}${query}`, {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: 'a', ...metadata },
      spec,
    });
  return { ...kube, makeMap: kube.make, make, base };
};

describe('ApplyConfiguration', () => {
  it.each<[string, string, object, object]>([
    ['sets a field', 'Object{spec: Object.spec{color: "red"}}', {}, { color: 'red', size: 1 }],
    [
      'reads the object',
      'Object{spec: Object.spec{size: object.spec.size % 2 == 0 ? object.spec.size + 1 : object.spec.size}}',
      { size: 4 },
      { size: 5 },
    ],
    ['leaves out what is optional', 'Object{spec: Object.spec{?color: object.spec.?missing}}', {}, { size: 1 }],
    ['takes quoted names', 'Object{spec: Object.spec{`color`: "red"}}', {}, { color: 'red', size: 1 }],
  ])('%s', async (_, expression, spec, expected) => {
    const kube = await start([applied(expression)]);
    expect(await kube.make(spec)).toMatchObject({ code: 201, body: { spec: expected } });
  });

  it('merges labels and fields of metadata', async () => {
    const kube = await start([
      applied('Object{metadata: Object.metadata{labels: {"env": namespaceObject.metadata.labels.env}}}'),
    ]);
    const { body } = await kube.make({}, { labels: { own: '1' } });
    expect(body.metadata.labels).toEqual({ own: '1', env: 'default' });
  });

  it.each([
    [
      'another name',
      'Object{spec: Object.specx{size: 2}}',
      'type mismatch: unexpected type name "Object.specx", expected "Object.spec", which matches field name path from root Object type',
    ],
    [
      'an unknown field',
      'Object{spec: Object.spec{sizex: 1}}',
      'error applying patch: failed to convert patch object to typed object: .spec.sizex: field not declared in schema',
    ],
    [
      'an atomic list',
      'Object{spec: Object.spec{parts: [Object.spec.parts{name: "x"}]}}',
      'error applying patch: invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .spec.parts',
    ],
    ['a type that changes', 'object', 'unsupported return type from ApplyConfiguration expression: map'],
    [
      'a failure',
      'Object{spec: Object.spec{color: object.spec.nothing}}',
      "expression 'Object{spec: Object.spec{color: object.spec.nothing}}' resulted in error: no such key: nothing",
    ],
    [
      'what is no JSON',
      'Object{spec: Object.spec{color: url("https://x/")}}',
      'a value of type kubernetes.URL cannot be part of an object',
    ],
  ])('is refused for %s', async (_, expression, why) => {
    const kube = await start([applied(expression)]);
    const { code, body } = await kube.make();
    expect([code, body.code, body.reason]).toEqual([403, 403, 'Invalid']);
    expect(body.message).toBe(`policy 'p' with binding 'p' denied request: ${why}`);
    const lenient = await start([applied(expression), applied('Object{spec: Object.spec{size: 7}}')], {
      spec: { failurePolicy: 'Ignore' },
    });
    expect(await lenient.make()).toMatchObject({ code: 201, body: { spec: { size: 7 } } });
  });
});

describe('JSONPatch', () => {
  it.each<[string, string, object]>([
    ['adds', '[JSONPatch{op: "add", path: "/spec/color", value: "red"}]', { color: 'red', size: 3 }],
    [
      'makes objects',
      '[JSONPatch{op: "add", path: "/spec", value: Object.spec{parts: [Object.spec.parts{name: "x", count: 2}]}}]',
      { size: 1, parts: [{ name: 'x', count: 2 }] },
    ],
    [
      'does nothing when a test fails',
      '[JSONPatch{op: "test", path: "/spec/size", value: 4}, JSONPatch{op: "replace", path: "/spec/size", value: 5}]',
      { size: 3 },
    ],
    [
      'goes on when a test holds',
      '[JSONPatch{op: "test", path: "/spec/size", value: 3}, JSONPatch{op: "replace", path: "/spec/size", value: 5}]',
      { size: 5 },
    ],
    ['may be empty', 'object.spec.size > 9 ? [JSONPatch{op: "remove", path: "/spec"}] : []', { size: 3 }],
    [
      'has fields that can be read',
      '[JSONPatch{op: JSONPatch{op: "add"}.op, path: "/spec/color", value: string(has(JSONPatch{}.op)) + string(JSONPatch{op: "a"} == JSONPatch{op: "a"})}]',
      { color: 'falsetrue', size: 3 },
    ],
  ])('%s', async (_, expression, expected) => {
    const kube = await start([patched(expression)]);
    const { body } = await kube.make({ size: 3 });
    expect(body.spec).toEqual(expected);
  });

  it('escapes keys', async () => {
    const kube = await start([
      patched(
        '[JSONPatch{op: "add", path: "/metadata/labels", value: {}}, JSONPatch{op: "add", path: "/metadata/labels/" + jsonpatch.escapeKey("k8s.io/x"), value: "1"}]',
      ),
    ]);
    expect((await kube.make()).body.metadata.labels).toEqual({ 'k8s.io/x': '1' });
  });

  it.each([
    ['[JSONPatch{op: "remove", path: "/spec/nothing"}]', 'JSON Patch: '],
    ['[JSONPatch{op: "add", path: "/metadata/name", value: "b"}]', 'metadata.name and metadata.namespace must not'],
    ['[JSONPatch{op: "add", path: "/metadata/labels", value: 1}]', 'json: cannot unmarshal number'],
  ])('%s', async (expression, why) => {
    const kube = await start([patched(expression)]);
    const { code, body } = await kube.make();
    expect([code, body.reason]).toEqual([403, 'Invalid']);
    expect(body.message).toContain(`policy 'p' with binding 'p' denied request: ${why}`);
  });

  it('is refused for fields that a native kind does not know', async () => {
    const kube = await start([patched('[JSONPatch{op: "add", path: "/dat", value: {"a": "1"}}]')], {
      rules: configMaps('CREATE'),
    });
    expect((await kube.makeMap('x')).body.message).toContain('strict decoding error: unknown field "dat"');
  });
});

describe('mutating policies', () => {
  it('run in the order of names, see what those before made, and are validated after', async () => {
    const kube = await start([applied('Object{spec: Object.spec{size: object.spec.size * 2}}')], { name: 'a' });
    await addPolicy(
      kube,
      [
        applied('Object{spec: Object.spec{size: object.spec.size + 1}}'),
        applied('Object{spec: Object.spec{size: object.spec.size + 1}}'),
      ],
      { name: 'b' },
    );
    expect((await kube.make({ size: 5 })).body.spec).toEqual({ size: 12 });
    const { code, body } = await kube.make({ size: 60 }, { name: 'big' });
    expect([code, body.details.causes[0]?.field]).toEqual([422, 'spec.size']);
  });

  it('that ask for it are called again when a later one changed something', async () => {
    const once = 'Object{spec: Object.spec{size: object.spec.size + 1}}';
    const kube = await start([applied(once)], { name: 'a', spec: { reinvocationPolicy: 'IfNeeded' } });
    expect((await kube.make({ size: 1 }, { name: 'one' })).body.spec).toEqual({ size: 2 });
    await addPolicy(kube, [applied('Object{spec: Object.spec{color: "red"}}')], { name: 'b' });
    expect((await kube.make({ size: 1 }, { name: 'two' })).body.spec).toEqual({ size: 3, color: 'red' });
    expect((await kube.make({ size: 1, color: 'red' }, { name: 'three' })).body.spec).toEqual({
      size: 2,
      color: 'red',
    });
  });

  it('have parameters, variables and conditions', async () => {
    const kube = await start([applied('Object{spec: Object.spec{color: variables.color}}')], {
      spec: {
        paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
        variables: [{ name: 'color', expression: 'params.data.color' }],
        matchConditions: [{ name: 'plain', expression: '!has(object.spec.color)' }],
      },
      binding: { paramRef: { name: 'colors', parameterNotFoundAction: 'Deny' } },
    });
    expect((await kube.make()).body).toMatchObject({
      reason: 'Forbidden',
      message: expect.stringContaining(
        "policy 'p' with binding 'p' denied request: failed to configure binding: no params",
      ),
    });
    await kube.makeMap('colors', { color: 'green' });
    expect((await kube.make()).body.spec).toMatchObject({ color: 'green' });
    expect((await kube.make({ color: 'own' }, { name: 'b' })).body.spec).toMatchObject({ color: 'own' });
  });

  it('leave what they set without an owner, and owned by nobody else', async () => {
    const kube = await start([applied('Object{spec: Object.spec{color: "red"}}')]);
    const made = (await kube.make({ size: 2 }, {}, '?fieldManager=me')).body;
    expect(made.metadata.managedFields).toMatchObject([{ manager: 'me', fieldsV1: { 'f:spec': { 'f:size': {} } } }]);
    expect(JSON.stringify(made.metadata.managedFields)).not.toContain('f:color');
  });

  it('see updates with the old object, and change nothing by dry run', async () => {
    const kube = await start([
      applied('Object{spec: Object.spec{size: request.operation == "UPDATE" ? oldObject.spec.size : 9}}'),
    ]);
    await kube.make({ size: 1 });
    const patch = await kube.send('PATCH', `${kube.base}/a`, { spec: { size: 50, color: 'x' } });
    expect(patch.body.spec).toEqual({ size: 9, color: 'x' });
    expect((await kube.make({}, { name: 'dry' }, '?dryRun=All')).body.spec).toMatchObject({ size: 9 });
    expect((await kube.send('GET', `${kube.base}/dry`)).code).toBe(404);
  });

  it('cannot reach what the endpoint cannot write', async () => {
    const status = applied('Object{status: Object.status{seen: "policy"}}');
    const kube = await start([status], {
      rules: [...widgetRules, { ...widgetRules[0], resources: ['widgets/status'] }],
    });
    expect((await kube.make()).body.status).toEqual({ phase: 'New' });
    await kube.send('PATCH', `${kube.base}/a`, { spec: { color: 'x' } });
    expect((await kube.send('GET', `${kube.base}/a`)).body.status).toEqual({ phase: 'New' });
    const written = await kube.send('PATCH', `${kube.base}/a/status`, { status: { phase: 'Done' } });
    expect(written.body.status).toEqual({ phase: 'Done', seen: 'policy' });
  });

  it('decide on scale as a Scale', async () => {
    const kube = await start([applied('Object{spec: Object.spec{replicas: object.kind == "Scale" ? 7 : 0}}')], {
      rules: [{ ...widgetRules[0], resources: ['widgets/scale'] }],
    });
    await kube.make({ replicas: 1 });
    const scale = await kube.send('PATCH', `${kube.base}/a/scale`, { spec: { replicas: 3 } });
    expect(scale.body).toMatchObject({ kind: 'Scale', spec: { replicas: 7 } });
    expect((await kube.send('GET', `${kube.base}/a`)).body.spec).toMatchObject({ replicas: 7 });
  });

  it('are the same in both versions', async () => {
    const kube = await start([applied('Object{spec: Object.spec{color: "red"}}')]);
    const beta = '/apis/admissionregistration.k8s.io/v1beta1/mutatingadmissionpolicies/p';
    const { body } = await kube.send('GET', beta);
    expect(body.apiVersion).toBe('admissionregistration.k8s.io/v1beta1');
    expect(body.spec).toMatchObject({ mutations: [applied('Object{spec: Object.spec{color: "red"}}')] });
    await kube.send('PATCH', beta, { spec: { mutations: [applied('Object{spec: Object.spec{color: "blue"}}')] } });
    expect((await kube.make()).body.spec).toMatchObject({ color: 'blue' });
  });

  it('cannot take more memory than a request', async () => {
    const many = 'object.metadata.labels.all(k, true) ? [1,2,3,4,5,6,7,8,9,10] : []';
    const kube = await start([
      patched(
        `[JSONPatch{op: "add", path: "/spec/x", value: (${many}).map(a, [1,2,3,4,5,6,7,8,9,10].map(b, [1,2,3,4,5,6,7,8,9,10].map(c, object)))}]`,
      ),
    ]);
    const labels = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`label-${i}`, 'x'.repeat(60)]));
    const spent = watchCpu();
    expect((await kube.make({}, { labels })).body.message).toContain('is larger than 3145728 bytes');
    expect(spent()).toBeLessThan(3000);
  });
});

describe('policies that are refused', () => {
  const rules = { matchConstraints: { resourceRules: widgetRules }, reinvocationPolicy: 'Never' };
  const one = applied('Object{}');
  it.each<[string, object, string, string]>([
    ['no mutations', rules, 'spec.mutations', 'Required value'],
    [
      'no reinvocationPolicy',
      { ...rules, reinvocationPolicy: '', mutations: [one] },
      'spec.reinvocationPolicy',
      'Required',
    ],
    [
      'a bad reinvocationPolicy',
      { ...rules, reinvocationPolicy: 'Often', mutations: [one] },
      'spec.reinvocationPolicy',
      'Unsupported value: "Often"',
    ],
    ['no patchType', { ...rules, mutations: [{}] }, 'spec.mutations[0].patchType', 'Required value'],
    [
      'a bad patchType',
      { ...rules, mutations: [{ patchType: 'X' }] },
      'spec.mutations[0].patchType',
      'Unsupported value',
    ],
    [
      'no expression',
      { ...rules, mutations: [{ patchType: 'JSONPatch' }] },
      'spec.mutations[0].jsonPatch',
      'Required value',
    ],
    [
      'both',
      { ...rules, mutations: [{ ...one, jsonPatch: { expression: '[]' } }] },
      'spec.mutations[0].jsonPatch',
      'Forbidden',
    ],
    [
      'another type',
      { ...rules, mutations: [applied('"teapot"')] },
      'spec.mutations[0].applyConfiguration.expression',
      'must evaluate to Object',
    ],
    [
      'a part',
      { ...rules, mutations: [applied('Object.spec{}')] },
      'spec.mutations[0].applyConfiguration.expression',
      'must evaluate to Object',
    ],
    [
      'a bad field',
      { ...rules, mutations: [patched('[JSONPatch{op: 1}]')] },
      'spec.mutations[0].jsonPatch.expression',
      "expected type of field 'op' is 'string'",
    ],
    [
      'unknown messages',
      { ...rules, mutations: [applied('Thing{}')] },
      'spec.mutations[0].applyConfiguration.expression',
      "undeclared reference to 'Thing'",
    ],
    [
      'deletions',
      { ...rules, matchConstraints: { resourceRules: configMaps('DELETE') }, mutations: [one] },
      'spec.matchConstraints.resourceRules[0].operations[0]',
      'Unsupported value: "DELETE"',
    ],
    [
      'no rules',
      { ...rules, matchConstraints: {}, mutations: [one] },
      'spec.matchConstraints.resourceRules',
      'Required value',
    ],
  ])('for %s', async (_, spec, field, message) => {
    const kube = await startAdmission();
    const { code, body } = await kube.send('POST', '/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies', {
      metadata: { name: 'p' },
      spec,
    });
    expect(code).toBe(422);
    expect(body.details.causes).toContainEqual(
      expect.objectContaining({ field, message: expect.stringContaining(message) }),
    );
  });
});
