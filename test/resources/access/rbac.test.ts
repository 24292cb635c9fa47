import { describe, expect, test } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import type { User } from '../../../shared/kube/access/user.ts';
import { refusal, startKinds } from '../setup.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const role = (fields: Record<string, unknown>): ApiObject => ({
  apiVersion,
  kind: 'Role',
  metadata: { name: 'r', namespace: 'default' },
  ...fields,
});
const clusterRole = (fields: Record<string, unknown>, name = 'c'): ApiObject => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: { name },
  ...fields,
});
const roleBinding = (fields: Record<string, unknown>): ApiObject => ({
  apiVersion,
  kind: 'RoleBinding',
  metadata: { name: 'b', namespace: 'default' },
  ...fields,
});
const clusterRoleBinding = (fields: Record<string, unknown>, name = 'b'): ApiObject => ({
  apiVersion,
  kind: 'ClusterRoleBinding',
  metadata: { name },
  ...fields,
});
const getMaps = { verbs: ['get'], apiGroups: [''], resources: ['configmaps'] };
const toAnn = { subjects: [{ kind: 'User', name: 'ann' }] };
const ann: User = { name: 'ann', groups: ['dev'] };

describe('validation', () => {
  test.each<[string, ApiObject, string]>([
    ['a role', role({ rules: [getMaps] }), 'accepted'],
    ['a role without rules', role({}), 'accepted'],
    ['a name with a colon', clusterRole({}, 'system:x'), 'accepted'],
    [
      'a rule of nothing',
      role({ rules: [{}] }),
      '422 Role.rbac.authorization.k8s.io "r" is invalid: [rules[0].verbs: Required value: verbs must contain at least one value, rules[0].apiGroups: Required value: resource rules must supply at least one api group, rules[0].resources: Required value: resource rules must supply at least one resource]',
    ],
    [
      'URLs in a namespace',
      role({ rules: [{ verbs: ['get'], nonResourceURLs: ['/a'] }] }),
      '422 Role.rbac.authorization.k8s.io "r" is invalid: rules[0].nonResourceURLs: Invalid value: ["/a"]: namespaced rules cannot apply to non-resource URLs',
    ],
    [
      'URLs and resources in one rule',
      clusterRole({ rules: [{ ...getMaps, nonResourceURLs: ['/a'] }] }),
      '422 ClusterRole.rbac.authorization.k8s.io "c" is invalid: rules[0].nonResourceURLs: Invalid value: ["/a"]: rules cannot apply to both regular resources and non-resource URLs',
    ],
    [
      'an aggregation without selectors',
      clusterRole({ aggregationRule: {} }),
      '422 ClusterRole.rbac.authorization.k8s.io "c" is invalid: aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil',
    ],
    [
      'an aggregation with a selector that is none',
      clusterRole({
        aggregationRule: { clusterRoleSelectors: [{ matchExpressions: [{ key: 'a', operator: 'Is' }] }] },
      }),
      '422 ClusterRole.rbac.authorization.k8s.io "c" is invalid: [aggregationRule.clusterRoleSelectors[0].matchExpressions[0].operator: Invalid value: "Is": not a valid selector operator, aggregationRule.clusterRoleSelectors[0]: Invalid value: null: invalid label selector.]',
    ],
    ['a binding', roleBinding({ roleRef: { kind: 'Role', name: 'r' }, ...toAnn }), 'accepted'],
    [
      'a binding of nothing',
      roleBinding({}),
      '422 RoleBinding.rbac.authorization.k8s.io "b" is invalid: [roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole", roleRef.name: Required value]',
    ],
    [
      'a cluster binding of a Role',
      clusterRoleBinding({ roleRef: { kind: 'Role', name: 'r' } }),
      '422 ClusterRoleBinding.rbac.authorization.k8s.io "b" is invalid: roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
    ],
    [
      'a service account without a namespace',
      clusterRoleBinding({
        roleRef: { kind: 'ClusterRole', name: 'c' },
        subjects: [{ kind: 'ServiceAccount', name: 'x' }],
      }),
      '422 ClusterRoleBinding.rbac.authorization.k8s.io "b" is invalid: subjects[0].namespace: Required value',
    ],
    [
      'an unknown kind of subject',
      roleBinding({ roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'Robot', name: '' }] }),
      '422 RoleBinding.rbac.authorization.k8s.io "b" is invalid: [subjects[0].name: Required value, subjects[0].kind: Unsupported value: "Robot": supported values: "ServiceAccount", "User", "Group"]',
    ],
  ])('%s', async (_case, object, answer) => {
    const { create } = await startKinds();
    expect(await refusal(create(object))).toBe(answer);
  });

  test('what a binding leaves out is filled in; its role never changes', async () => {
    const { create, change } = await startKinds();
    const made = await create(
      roleBinding({
        roleRef: { kind: 'Role', name: 'r' },
        subjects: [
          { kind: 'Group', name: 'g' },
          { kind: 'ServiceAccount', name: 's' },
        ],
      }),
    );
    expect(made).toMatchObject({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' },
      subjects: [
        { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'g' },
        { kind: 'ServiceAccount', name: 's' },
      ],
    });
    expect(await refusal(change(made, { subjects: [] }))).toBe('accepted');
    expect(await refusal(change(made, { roleRef: { kind: 'ClusterRole', name: 'r' } }))).toContain(
      'roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"ClusterRole","Name":"r"}: cannot change roleRef',
    );
  });
});

describe('nobody grants what they do not hold', () => {
  /** Ann may read ConfigMaps in `default`; what else she holds is up to the case. */
  const startWithAnn = async (rules: readonly object[] = []) => {
    const kinds = await startKinds();
    await kinds.create(role({ metadata: { name: 'ann', namespace: 'default' }, rules: [getMaps, ...rules] }));
    await kinds.create(
      roleBinding({
        metadata: { name: 'ann', namespace: 'default' },
        roleRef: { kind: 'Role', name: 'ann' },
        ...toAnn,
      }),
    );
    return kinds;
  };
  const rbacRule = (verb: string, resource: string, ...resourceNames: string[]) => ({
    verbs: [verb],
    apiGroups: ['rbac.authorization.k8s.io'],
    resources: [resource],
    resourceNames,
  });

  test('a role with what the writer holds passes, one with more is refused by rule', async () => {
    const { create } = await startWithAnn();
    expect(await refusal(create(role({ rules: [getMaps] }), ann))).toBe('accepted');
    expect(
      await refusal(
        create(
          role({
            metadata: { name: 'more', namespace: 'default' },
            rules: [{ ...getMaps, verbs: ['get', 'list', 'watch'] }],
          }),
          ann,
        ),
      ),
    ).toBe(
      '403 roles.rbac.authorization.k8s.io "more" is forbidden: user "ann" (groups=["dev"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["configmaps"], Verbs:["list" "watch"]}',
    );
    expect(await refusal(create(clusterRole({ rules: [getMaps] }), ann))).toMatch(/^403 clusterroles/);
  });

  test('an aggregated role may come to grant anything, so its writer must hold everything', async () => {
    const { create, change } = await startWithAnn();
    const gathering = clusterRole({ aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } });
    const why =
      '403 clusterroles.rbac.authorization.k8s.io "c" is forbidden: must have cluster-admin privileges to use the aggregationRule';
    expect(await refusal(create(gathering, ann))).toBe(why);
    // What it grants already is looked at first.
    expect(await refusal(create({ ...gathering, rules: [{ ...getMaps, verbs: ['*'] }] }, ann))).toContain(
      'is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["configmaps"], Verbs:["*"]}',
    );
    expect(await refusal(create(gathering))).toBe('accepted');
    // Nor may others end that it gathers.
    expect(await refusal(change(gathering, { aggregationRule: undefined }, ann))).toBe(why);
  });

  test.each([
    ['a role', role({ rules: [{ ...getMaps, verbs: ['*'] }] }), { rules: [] }],
    ['a binding', roleBinding({ roleRef: { kind: 'ClusterRole', name: 'c' } }), {}],
  ])('%s that grants more is no other’s to change, but for what holds it in existence', async (_case, object, less) => {
    const { create, change } = await startWithAnn();
    await create(clusterRole({ rules: [{ ...getMaps, verbs: ['*'] }] }));
    const made = await create(object);
    const by = (metadata: object) => refusal(change(made, { metadata }, ann));
    expect(await by({ annotations: { a: 'b' } })).toMatch(/^403 .* is attempting to grant/);
    expect(await by({ labels: { a: 'b' } })).toMatch(/^403 .* is attempting to grant/);
    expect(await by({ finalizers: ['a.b/c'] })).toBe('accepted');
    expect(await by({ ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'y' }] })).toBe(
      'accepted',
    );
    expect(await refusal(change(made, less, ann))).toBe('accepted');
  });

  test('the verb escalate frees from the rule, for the role that it names', async () => {
    const { create } = await startWithAnn([rbacRule('escalate', 'roles', 'r')]);
    expect(await refusal(create(role({ rules: [{ ...getMaps, verbs: ['*'] }] }), ann))).toBe('accepted');
    expect(
      await refusal(
        create(role({ metadata: { name: 'x', namespace: 'default' }, rules: [{ ...getMaps, verbs: ['*'] }] }), ann),
      ),
    ).toMatch(/^403/);
  });

  test('a binding of a role with more is refused, unless the writer may bind that role', async () => {
    const kinds = await startWithAnn([rbacRule('bind', 'clusterroles', 'free')]);
    await kinds.create(clusterRole({ rules: [{ ...getMaps, verbs: ['*'] }] }, 'free'));
    await kinds.create(clusterRole({ rules: [{ ...getMaps, verbs: ['*'] }] }, 'tied'));
    const bind = (name: string) =>
      kinds.create(
        roleBinding({ metadata: { name, namespace: 'default' }, roleRef: { kind: 'ClusterRole', name }, ...toAnn }),
        ann,
      );
    expect(await refusal(bind('free'))).toBe('accepted');
    // Having bound it to herself, Ann holds it now, and only now may pass it on.
    expect(await refusal(bind('tied'))).toBe('accepted');
    expect(await refusal(bind('gone'))).toBe('404 clusterroles.rbac.authorization.k8s.io "gone" not found');
    expect(
      await refusal(
        kinds.create(clusterRoleBinding({ roleRef: { kind: 'ClusterRole', name: 'tied' }, ...toAnn }), ann),
      ),
    ).toContain('403 clusterrolebindings.rbac.authorization.k8s.io "b" is forbidden: user "ann"');
  });

  test('adding a subject to a binding is granting', async () => {
    const { create, change } = await startWithAnn();
    await create(clusterRole({ rules: [{ ...getMaps, verbs: ['*'] }] }));
    const made = await create(roleBinding({ roleRef: { kind: 'ClusterRole', name: 'c' } }));
    expect(await refusal(change(made, toAnn, ann))).toMatch(/^403 /);
  });
});
