import { describe, expect, it } from 'vitest';
import type { ResourceType } from '../../../shared/kube/resource.ts';
import { startAdmission } from '../../support/admission.ts';
import { notes, widgets } from '../../support/widgets.ts';

/** Notes that can be stamped: what is sent is another kind, answered and not stored. */
const stamped: ResourceType = {
  ...notes,
  actions: {
    stamp: {
      verbs: ['create'],
      responds: { group: 'example.com', version: 'v1', kind: 'Stamp' },
      schema: { type: 'object', properties: { spec: { type: 'object', properties: { ink: { type: 'string' } } } } },
      run: async ({ body, ref }) => ({
        code: 201,
        body: { apiVersion: 'example.com/v1', kind: 'Stamp', metadata: { name: ref.name }, spec: body?.spec ?? {} },
      }),
    },
  },
};

const rules = (group: string, ...resources: string[]) => [
  { operations: ['*'], apiGroups: [group], apiVersions: ['*'], resources },
];

const start = async (resourceRules: object[], validation: object, mutation?: string) => {
  const kube = await startAdmission({ types: [widgets, stamped] });
  const matchConstraints = { resourceRules };
  await kube.declare('validatingadmissionpolicies', 'v', { spec: { matchConstraints, validations: [validation] } });
  await kube.declare('validatingadmissionpolicybindings', 'v', {
    spec: { policyName: 'v', validationActions: ['Deny'] },
  });
  if (mutation === undefined) return kube;
  await kube.declare('mutatingadmissionpolicies', 'm', {
    spec: {
      matchConstraints,
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'ApplyConfiguration', applyConfiguration: { expression: mutation } }],
    },
  });
  await kube.declare('mutatingadmissionpolicybindings', 'm', { spec: { policyName: 'm' } });
  return kube;
};

const widgetsAt = '/apis/example.com/v1/namespaces/default/widgets';
const widget = (spec: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a' },
  spec,
});

describe('a policy about scale', () => {
  const small = {
    expression: 'object.spec.replicas <= 5 && (request.operation != "UPDATE" || oldObject.kind == "Scale")',
    messageExpression: 'request.kind.kind + " of " + request.resource.resource + "/" + request.subResource',
  };

  it('sees a Scale, and decides on the subresource alone', async () => {
    const kube = await start(rules('example.com', 'widgets/scale'), small);
    expect((await kube.send('POST', widgetsAt, widget({ replicas: 9 }))).code).toBe(201);
    expect((await kube.send('PATCH', `${widgetsAt}/a/scale`, { spec: { replicas: 3 } })).code).toBe(200);
    const { code, body } = await kube.send('PATCH', `${widgetsAt}/a/scale`, { spec: { replicas: 6 } });
    expect([code, body.message]).toEqual([422, expect.stringContaining('Scale of widgets/scale')]);
    const put = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 7 } };
    expect((await kube.send('PUT', `${widgetsAt}/a/scale`, put)).code).toBe(422);
    expect((await kube.send('GET', `${widgetsAt}/a/scale`)).body).toMatchObject({ spec: { replicas: 3 } });
  });
});

describe('a policy about status', () => {
  it.each([
    [['widgets'], 200],
    [['widgets/status'], 422],
    [['widgets/*'], 422],
    [['*'], 200],
    [['*/status'], 422],
  ])('with resources %j answers %i', async (resources, code) => {
    const kube = await start(rules('example.com', ...resources), {
      expression: '!has(object.status.seen) || object.status.seen != "x"',
    });
    await kube.send('POST', widgetsAt, widget());
    expect((await kube.send('PATCH', `${widgetsAt}/a/status`, { status: { seen: 'x' } })).code).toBe(code);
  });
});

describe('a policy about a subresource that is answered', () => {
  const stamp = (ink: string) => ({ apiVersion: 'example.com/v1', kind: 'Stamp', metadata: {}, spec: { ink } });
  const at = '/api/v1/namespaces/default/notes/n/stamp';

  it('decides on what is sent', async () => {
    const kube = await start(rules('', 'notes/stamp'), {
      expression: 'object.kind == "Stamp" && object.spec.ink != "red" && request.name == "n" && oldObject == null',
      messageExpression: '"no " + object.spec.ink',
      reason: 'Forbidden',
    });
    expect((await kube.send('POST', at, stamp('blue'))).code).toBe(201);
    const { code, body } = await kube.send('POST', at, stamp('red'));
    expect([code, body.message]).toEqual([
      403,
      `notes "n" is forbidden: ValidatingAdmissionPolicy 'v' with binding 'v' denied request: no red`,
    ]);
  });

  it('may change it before it is answered and looked at', async () => {
    const kube = await start(
      rules('', 'notes/stamp'),
      { expression: 'object.spec.ink == "blue ink"' },
      'Object{spec: Object.spec{ink: object.spec.ink + " ink"}}',
    );
    expect((await kube.send('POST', at, stamp('blue'))).body).toMatchObject({ spec: { ink: 'blue ink' } });
    expect((await kube.send('POST', at, stamp('red'))).code).toBe(422);
  });
});
