import { describe, expect, it } from 'vitest';
import { configMaps, startAdmission } from '../../support/admission.ts';
import { watchCpu } from '../../support/cpu.ts';

const start = async (spec: object, binding: object = {}, options: Parameters<typeof startAdmission>[0] = {}) => {
  const kube = await startAdmission(options);
  const matchConstraints = { resourceRules: configMaps('CREATE', 'UPDATE', 'DELETE') };
  await kube.declare('validatingadmissionpolicies', 'p', { spec: { matchConstraints, ...spec } });
  await kube.declare('validatingadmissionpolicybindings', 'b', {
    spec: { policyName: 'p', validationActions: ['Deny'], ...binding },
  });
  return kube;
};

const onlySmall = { validations: [{ expression: "!has(object.data) || object.data.all(k, object.data[k] != 'big')" }] };

describe('a policy', () => {
  it('decides in the words of upstream', async () => {
    const kube = await start({ validations: [{ expression: "object.data.a == 'x'", message: 'a must be x' }] });
    expect((await kube.make('good', { a: 'x' })).code).toBe(201);
    const { code, body } = await kube.make('bad', { a: 'y' });
    expect(code).toBe(422);
    expect(body.reason).toBe('Invalid');
    expect(body.message).toBe(
      `configmaps "bad" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: a must be x`,
    );
    expect(body.details).toMatchObject({
      name: 'bad',
      kind: 'configmaps',
      causes: [{ message: expect.stringContaining('a must be x') }],
    });
    expect((await kube.send('GET', '/api/v1/namespaces/default/configmaps/bad')).code).toBe(404);
  });

  it('decides on updates, knows the old object, and on deletions', async () => {
    const kube = await start({
      validations: [
        {
          expression: "request.operation != 'UPDATE' || object.data.a == oldObject.data.a",
          message: 'a is frozen',
          reason: 'Forbidden',
        },
        {
          expression: "request.operation != 'DELETE' || !has(oldObject.data.keep)",
          messageExpression: "'keep ' + request.name",
        },
      ],
    });
    await kube.make('one', { a: 'x', keep: '1' });
    const path = '/api/v1/namespaces/default/configmaps/one';
    expect(await kube.send('PATCH', path, { data: { a: 'y' } })).toMatchObject({
      code: 403,
      body: { message: expect.stringContaining('a is frozen') },
    });
    expect(await kube.send('DELETE', path)).toMatchObject({
      code: 422,
      body: { message: expect.stringContaining('denied request: keep one') },
    });
    expect((await kube.send('PATCH', path, { data: { keep: null } })).code).toBe(200);
    expect((await kube.send('DELETE', path)).code).toBe(200);
  });

  it.each([
    ['Warn', 201],
    ['Audit', 201],
    ['Deny', 422],
  ])('with %s answers %i', async (action, code) => {
    const kube = await start(onlySmall, { validationActions: [action] });
    const answer = await kube.make('a', { x: 'big' });
    expect(answer.code).toBe(code);
    expect(
      answer.warnings.includes(
        "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': failed expression",
      ),
    ).toBe(action === 'Warn');
  });

  it('notes in the audit log what it is told to', async () => {
    const kube = await start(
      { ...onlySmall, auditAnnotations: [{ key: 'name', valueExpression: "'made ' + object.metadata.name" }] },
      { validationActions: ['Audit'] },
    );
    await kube.make('a', { x: 'big' });
    expect(kube.audited.at(-1)?.annotations).toMatchObject({
      'p/name': 'made a',
      'validation.policy.admission.k8s.io/validation_failure': expect.stringContaining('failed expression'),
    });
  });

  it('notes the first of several failures, and which expression failed', async () => {
    const kube = await start(
      { validations: [{ expression: 'true' }, { expression: "object.data.x == 'small'" }, { expression: 'false' }] },
      { validationActions: ['Audit'] },
    );
    await kube.make('a', { x: 'big' });
    const note = kube.audited.at(-1)?.annotations?.['validation.policy.admission.k8s.io/validation_failure'];
    expect(JSON.parse(note ?? '')).toEqual([
      {
        message: "failed expression: object.data.x == 'small'",
        policy: 'p',
        binding: 'b',
        expressionIndex: 1,
        validationActions: ['Audit'],
      },
    ]);
  });

  it('warns also of what another one denies', async () => {
    const kube = await start(onlySmall);
    await kube.declare('validatingadmissionpolicybindings', 'c', {
      spec: { policyName: 'p', validationActions: ['Warn'] },
    });
    const { code, warnings, body } = await kube.make('a', { x: 'big' });
    expect(code).toBe(422);
    expect(body.message).toContain("with binding 'b' denied request");
    expect(warnings).toContain("with binding 'c': failed expression");
  });

  it.each([
    ['Fail', 422],
    ['Ignore', 201],
  ])('whose binding cannot be used follows failurePolicy %s, whatever is to be done', async (failurePolicy, code) => {
    const kube = await start(
      { ...onlySmall, failurePolicy, paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } },
      { validationActions: ['Warn'], paramRef: { name: 'none', parameterNotFoundAction: 'Deny' } },
    );
    const answer = await kube.make('a', { x: 'small' });
    expect(answer.code).toBe(code);
    if (code === 422)
      expect(answer.body.message).toContain("with binding 'b' denied request: failed to configure binding: no params");
  });

  it('holds only where conditions and selectors say', async () => {
    const kube = await start(
      {
        ...onlySmall,
        matchConditions: [{ name: 'not-skipped', expression: "!object.metadata.name.startsWith('skip')" }],
      },
      {
        matchResources: {
          namespaceSelector: { matchLabels: { env: 'prod' } },
          objectSelector: { matchLabels: { app: 'x' } },
        },
      },
    );
    const labels = { labels: { app: 'x' } };
    expect((await kube.make('a', { x: 'big' }, labels)).code).toBe(201);
    expect((await kube.make('a', { x: 'big' }, {}, 'prod')).code).toBe(201);
    expect((await kube.make('skip', { x: 'big' }, labels, 'prod')).code).toBe(201);
    expect((await kube.make('b', { x: 'big' }, labels, 'prod')).code).toBe(422);
    expect((await kube.make('b', { x: 'small' }, labels, 'prod')).code).toBe(201);
  });

  it.each([
    ['Fail', 422],
    ['Ignore', 201],
  ])('whose expression fails follows failurePolicy %s', async (failurePolicy, code) => {
    const kube = await start({ failurePolicy, validations: [{ expression: "object.data.missing == 'x'" }] });
    const answer = await kube.make('a', { b: 'c' });
    expect(answer.code).toBe(code);
    if (code === 422) expect(answer.body.message).toContain('resulted in error: no such key: missing');
  });

  it('sees the request', async () => {
    const kube = await start({
      validations: [
        {
          expression:
            "request.namespace == 'default' && request.name == 'a' && request.operation == 'CREATE' && !request.dryRun && request.kind.kind == 'ConfigMap' && request.userInfo.username == 'system:kubeve'",
        },
      ],
    });
    expect((await kube.make('a')).code).toBe(201);
    expect((await kube.make('b')).code).toBe(422);
    expect((await kube.make('a', {}, {}, 'prod')).code).toBe(422);
  });

  it('has variables, and sees the namespace', async () => {
    const kube = await start({
      variables: [
        { name: 'env', expression: "namespaceObject.metadata.labels['env']" },
        { name: 'limit', expression: "variables.env == 'prod' ? 1 : 2" },
      ],
      validations: [
        {
          expression: 'size(object.data) <= variables.limit',
          messageExpression: "variables.env + ': at most ' + string(variables.limit)",
        },
      ],
    });
    expect((await kube.make('a', { a: '1', b: '2' })).code).toBe(201);
    expect((await kube.make('a', { a: '1', b: '2' }, {}, 'prod')).body.message).toContain('prod: at most 1');
  });

  it('has parameters', async () => {
    const params = { paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } };
    const kube = await start(
      {
        ...params,
        matchConditions: [{ name: 'no-params', expression: "!object.metadata.name.startsWith('limit')" }],
        validations: [{ expression: 'size(object.data) <= int(params.data.max)' }],
      },
      { paramRef: { selector: { matchLabels: { limits: 'yes' } }, parameterNotFoundAction: 'Deny' } },
    );
    expect((await kube.make('a', {})).body.message).toContain('no params found for policy binding with `Deny`');
    const [binding] = ['/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/b'];
    await kube.send('PATCH', binding ?? '', { spec: { paramRef: { parameterNotFoundAction: 'Allow' } } });
    expect((await kube.make('limit-1', { max: '2' }, { labels: { limits: 'yes' } })).code).toBe(201);
    expect((await kube.make('two', { a: '', b: '' })).code).toBe(201);
    expect((await kube.make('limit-2', { max: '1' }, { labels: { limits: 'yes' } })).code).toBe(201);
    expect((await kube.make('again', { a: '', b: '' })).code).toBe(422);
  });

  it('asks the authorizer', async () => {
    const asked: unknown[] = [];
    const authorizer = {
      authorize: async (attributes: { verb: string }) => {
        asked.push(attributes);
        return { allowed: attributes.verb === 'allowed', reason: 'because' };
      },
    };
    const check = (verb: string) =>
      `authorizer.group('').resource('secrets').namespace('x').check('${verb}').allowed()`;
    const kube = await start(
      {
        validations: [
          { expression: `${check('allowed')} && !${check('denied')}` },
          { expression: "authorizer.requestResource.check('approve').reason() == 'because'" },
        ],
      },
      {},
      { authorizer, user: { name: 'ann', groups: ['g'] } },
    );
    asked.length = 0;
    expect((await kube.make('a')).code).toBe(201);
    expect(asked).toEqual([
      {
        user: { name: 'ann', groups: ['g'] },
        verb: 'allowed',
        resource: { group: '', version: '*', resource: 'secrets', namespace: 'x' },
      },
      expect.objectContaining({ verb: 'denied' }),
      expect.objectContaining({
        verb: 'approve',
        resource: { group: '', version: 'v1', resource: 'configmaps', namespace: 'default', name: 'a' },
      }),
    ]);
  });

  it('cannot take more than its budget', async () => {
    const many = '[0,1,2,3,4,5,6,7,8,9]';
    const expression = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].reduce(
      (inner, name) => `${many}.all(${name}, ${inner})`,
      'true',
    );
    const kube = await start({ validations: [{ expression }] });
    const spent = watchCpu();
    expect((await kube.make('a')).body.message).toContain('actual cost limit exceeded');
    expect(spent()).toBeLessThan(5000);
  });

  it('does not decide on policies, so that it can be repaired', async () => {
    const kube = await start({
      matchConstraints: {
        resourceRules: [{ operations: ['*'], apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }],
      },
      validations: [{ expression: 'false' }],
    });
    expect((await kube.make('a')).code).toBe(422);
    expect(
      (await kube.send('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/p')).code,
    ).toBe(200);
    expect((await kube.make('a')).code).toBe(201);
  });

  it('runs under dry run and stores nothing', async () => {
    const kube = await start(onlySmall);
    expect((await kube.make('a', { x: 'big' }, {}, 'default', '?dryRun=All')).code).toBe(422);
  });

  it('says what the schema knows about its expressions', async () => {
    const kube = await start({ validations: [{ expression: "object.dat.a == 'x'" }] });
    const { body } = await kube.send('GET', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/p');
    expect(body.status).toEqual({
      observedGeneration: 1,
      typeChecking: {
        expressionWarnings: [
          {
            fieldRef: 'spec.validations[0].expression',
            warning:
              "v1, Kind=ConfigMap: ERROR: <input>:1:7: undefined field 'dat'\n | object.dat.a == 'x'\n | ......^",
          },
        ],
      },
    });
    expect(body.spec).toMatchObject({
      failurePolicy: 'Fail',
      matchConstraints: { matchPolicy: 'Equivalent', resourceRules: [{ scope: '*' }] },
    });
  });
});

describe('policies that are refused', () => {
  const rules = { matchConstraints: { resourceRules: configMaps('CREATE') } };
  it.each<[string, object, string, string]>([
    ['nothing to check', rules, 'spec.validations', 'must be specified'],
    ['no rules', { validations: [{ expression: 'true' }] }, 'spec.matchConstraints.resourceRules', 'Required value'],
    [
      'no expression',
      { ...rules, validations: [{ expression: '1 +' }] },
      'spec.validations[0].expression',
      'compilation failed: ERROR: <input>:1:4: Syntax error: mismatched input',
    ],
    [
      'another type',
      { ...rules, validations: [{ expression: '"a"' }] },
      'spec.validations[0].expression',
      'must evaluate to bool',
    ],
    [
      'a bad reason',
      { ...rules, validations: [{ expression: 'true', reason: 'No' }] },
      'spec.validations[0].reason',
      'Unsupported value: "No"',
    ],
    [
      'a reason that would be taken for a question who is calling',
      { ...rules, validations: [{ expression: 'true', reason: 'Unauthorized' }] },
      'spec.validations[0].reason',
      'Unsupported value: "Unauthorized": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge"',
    ],
    [
      'unknown variables',
      { ...rules, validations: [{ expression: 'variables.x' }] },
      'spec.validations[0].expression',
      "undefined field 'x'",
    ],
    [
      'unknown fields of the request',
      { ...rules, validations: [{ expression: 'request.x == 1' }] },
      'spec.validations[0].expression',
      "undefined field 'x'",
    ],
    [
      'a bad condition',
      { ...rules, validations: [{ expression: 'true' }], matchConditions: [{ name: 'a b', expression: 'true' }] },
      'spec.matchConditions[0].name',
      'Invalid value',
    ],
    [
      'a bad operation',
      { matchConstraints: { resourceRules: configMaps('MAKE') }, validations: [{ expression: 'true' }] },
      'spec.matchConstraints.resourceRules[0].operations[0]',
      'Unsupported value',
    ],
  ])('for %s', async (_, spec, field, message) => {
    const kube = await startAdmission();
    const { code, body } = await kube.send(
      'POST',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies',
      { metadata: { name: 'p' }, spec },
    );
    expect(code).toBe(422);
    expect(body.details.causes).toContainEqual(
      expect.objectContaining({ field, message: expect.stringContaining(message) }),
    );
  });

  it.each<[object, string]>([
    [{ policyName: '', validationActions: ['Deny'] }, 'spec.policyName'],
    [{ policyName: 'A b', validationActions: ['Deny'] }, 'spec.policyName'],
    [{ policyName: 'p' }, 'spec.validationActions'],
    [{ policyName: 'p', validationActions: ['Deny', 'Warn'] }, 'spec.validationActions'],
    [
      { policyName: 'p', validationActions: ['Deny'], paramRef: { name: 'x' } },
      'spec.paramRef.parameterNotFoundAction',
    ],
    [{ policyName: 'p', validationActions: ['Deny'], paramRef: { parameterNotFoundAction: 'Deny' } }, 'spec.paramRef'],
  ])('binding %j', async (spec, field) => {
    const kube = await startAdmission();
    const { code, body } = await kube.send(
      'POST',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings',
      { metadata: { name: 'b' }, spec },
    );
    expect(code).toBe(422);
    expect(body.details.causes.map(cause => cause.field)).toContain(field);
  });
});
