import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const programs = findPrograms();
/** The oldest and the newest: what is between them asks the same. */
const chosen = [programs[0], programs.at(-1)].flatMap((one, i, all) => (one && all.indexOf(one) === i ? [one] : []));

it('finds a kubectl', () => {
  expect(chosen.length, 'there is no kubectl on PATH').toBeGreaterThan(0);
});

const policy = (actions: string) => `
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: named
spec:
  matchConstraints:
    resourceRules:
    - {apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [configmaps]}
  variables:
  - {name: owner, expression: "has(object.metadata.labels) ? object.metadata.labels[?'owner'].orValue('') : ''"}
  validations:
  - {expression: "variables.owner != ''", messageExpression: "object.metadata.name + ' needs an owner'"}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: named
spec:
  policyName: named
  validationActions: [${actions}]
  matchResources:
    namespaceSelector:
      matchLabels: {kubernetes.io/metadata.name: strict}
`;

describe.each(chosen)('policies with kubectl $version', ({ path }) => {
  let server: TestServer;
  let kubectl: Kubectl;
  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(path, server.kubeconfig);
    await kubectl('create', 'namespace', 'strict');
  });
  afterAll(async () => {
    kubectl?.close();
    await server?.close();
  });
  const apply = (actions: string) => kubectl.run(['apply', '-f', '-'], { input: policy(actions) });

  it('deny what they forbid, where they hold', async () => {
    expect((await apply('Deny')).err).toBe('');
    const { code, err } = await kubectl.run(['create', 'configmap', 'a', '-n', 'strict']);
    expect(code).toBe(1);
    expect(err).toContain(`ValidatingAdmissionPolicy 'named' with binding 'named' denied request: a needs an owner`);
    await kubectl('create', 'configmap', 'a', '-n', 'default');
  });

  it('warn when they are told to', async () => {
    expect((await apply('Warn')).code).toBe(0);
    const { code, err } = await kubectl.run(['create', 'configmap', 'b', '-n', 'strict']);
    expect(code).toBe(0);
    expect(err).toContain("Warning: Validation failed for ValidatingAdmissionPolicy 'named'");
  });

  it('are listed, explained and refused when they cannot work', async () => {
    expect(await kubectl('get', 'validatingadmissionpolicies')).toMatch(/^named +1 +<unset> /m);
    expect(await kubectl('explain', 'validatingadmissionpolicy.spec.validations')).toContain('messageExpression');
    const { code, err } = await kubectl.run(['apply', '-f', '-'], {
      input: policy('Deny').replace("variables.owner != ''", 'variables.nobody'),
    });
    expect(code).toBe(1);
    expect(err).toContain('spec.validations[0].expression: Invalid value');
    expect(err).toContain("undefined field 'nobody'");
  });

  it('change what is made, as the guide says', async () => {
    const guide = readFileSync(new URL('../../docs/admission.md', import.meta.url), 'utf8');
    const [example = ''] = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text]) =>
      text?.includes('MutatingAdmissionPolicy') ? [text] : [],
    );
    await kubectl.run(['apply', '-f', '-'], { input: example });
    expect(await kubectl('get', 'mutatingadmissionpolicies,mutatingadmissionpolicybindings')).toMatch(
      /site +1 +<unset>/,
    );
    const application = `
apiVersion: eve.lfedge.org/v1beta1
kind: Application
metadata: {name: a}
spec: {containers: [{name: a, image: nginx}]}
`;
    const ask = ['apply', '-n', 'strict', '--dry-run=server', '-o', 'jsonpath={.metadata.labels.site}', '-f', '-'];
    expect(await kubectl.run(ask, { input: application })).toMatchObject({ code: 0, out: 'strict' });
  });

  it('go, and nothing is refused any more', async () => {
    await kubectl('delete', 'validatingadmissionpolicy/named', 'validatingadmissionpolicybinding/named');
    await kubectl('create', 'configmap', 'c', '-n', 'strict');
  });
});

describe.each(chosen)('quotas with kubectl $version', ({ path }) => {
  let server: TestServer;
  let kubectl: Kubectl;
  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(path, server.kubeconfig);
    await kubectl('create', 'namespace', 'small');
  });
  afterAll(async () => {
    kubectl?.close();
    await server?.close();
  });
  const inSmall = (...args: string[]) => kubectl.run([...args, '-n', 'small']);

  it('are made, shown, kept and freed', async () => {
    expect(await inSmall('create', 'quota', 'q', '--hard=count/secrets=1,requests.storage=1Gi')).toMatchObject({
      err: '',
    });
    const shown = async () => (await inSmall('describe', 'quota', 'q')).out;
    await until(async () => expect(await shown()).toMatch(/count\/secrets +0 +1\nrequests.storage +0 +1Gi/));
    expect(await inSmall('create', 'secret', 'generic', 'a')).toMatchObject({ err: '' });
    const { code, err } = await inSmall('create', 'secret', 'generic', 'b');
    expect(code).toBe(1);
    expect(err).toContain(
      'secrets "b" is forbidden: exceeded quota: q, requested: count/secrets=1, used: count/secrets=1, limited: count/secrets=1',
    );
    expect((await inSmall('get', 'quota')).out).toContain('count/secrets: 1/1, requests.storage: 0/1Gi');
    await inSmall('delete', 'secret', 'a');
    await until(async () => expect(await shown()).toMatch(/count\/secrets +0 +1\n/));
  });
});
