import type { PolicyRule } from '../../kube/access/rules.ts';
import { rbac } from './rule.ts';

/** A ClusterRole that exists from the first start. */
export interface BootstrapRole {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly rules?: readonly PolicyRule[];
  /** Label whose bearers are gathered into this role. */
  readonly gathers?: string;
}

/** A ClusterRoleBinding that exists from the first start; its role has the same name. */
export interface BootstrapBinding {
  readonly name: string;
  readonly groups: readonly string[];
}

const into = (role: 'admin' | 'edit' | 'view') => `rbac.authorization.k8s.io/aggregate-to-${role}`;

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];

const rule = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

const urls = (...nonResourceURLs: string[]): PolicyRule => ({ nonResourceURLs, verbs: ['get'] });

const publicUrls = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
/** The single checks may say more than that all is well. */
const monitoringUrls = ['healthz', 'livez', 'readyz'].flatMap(name => [`/${name}`, `/${name}/*`]).concat('/metrics');
const discoveryUrls = ['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...publicUrls];

/** The roles that everybody who knows Kubernetes expects (kubernetes-api reference §3.5). */
const standardRoles: readonly BootstrapRole[] = [
  {
    name: 'cluster-admin',
    rules: [
      { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
      { nonResourceURLs: ['*'], verbs: ['*'] },
    ],
  },
  { name: 'system:discovery', rules: [urls(...discoveryUrls)] },
  {
    name: 'system:basic-user',
    rules: [
      rule('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
      rule('authentication.k8s.io', ['selfsubjectreviews'], ['create']),
    ],
  },
  { name: 'system:public-info-viewer', rules: [urls(...publicUrls)] },
  { name: 'system:monitoring', rules: [urls(...monitoringUrls)] },
  {
    name: 'system:service-account-issuer-discovery',
    rules: [
      urls(
        '/.well-known/openid-configuration',
        '/.well-known/openid-configuration/',
        '/openid/v1/jwks',
        '/openid/v1/jwks/',
      ),
    ],
  },
  {
    name: 'system:auth-delegator',
    rules: [
      rule('authentication.k8s.io', ['tokenreviews'], ['create']),
      rule('authorization.k8s.io', ['subjectaccessreviews'], ['create']),
    ],
  },
  {
    name: 'system:certificates.k8s.io:kube-apiserver-client-approver',
    rules: [
      {
        ...rule('certificates.k8s.io', ['signers'], ['approve']),
        resourceNames: ['kubernetes.io/kube-apiserver-client'],
      },
    ],
  },
  { name: 'admin', gathers: into('admin') },
  { name: 'edit', labels: { [into('admin')]: 'true' }, gathers: into('edit') },
  { name: 'view', labels: { [into('edit')]: 'true' }, gathers: into('view') },
  {
    name: 'system:aggregate-to-admin',
    labels: { [into('admin')]: 'true' },
    rules: [
      rule('authorization.k8s.io', ['localsubjectaccessreviews'], ['create']),
      rule(rbac.group, ['rolebindings', 'roles'], [...write, ...read]),
    ],
  },
  {
    name: 'system:aggregate-to-edit',
    labels: { [into('edit')]: 'true' },
    rules: [
      rule('', ['secrets'], read),
      rule('', ['serviceaccounts'], ['impersonate']),
      rule('', ['configmaps', 'events', 'persistentvolumeclaims', 'secrets', 'serviceaccounts'], write),
      rule('', ['serviceaccounts/token'], ['create']),
      rule('events.k8s.io', ['events'], write),
      rule('coordination.k8s.io', ['leases'], [...write, ...read]),
    ],
  },
  {
    name: 'system:aggregate-to-view',
    labels: { [into('view')]: 'true' },
    rules: [
      rule(
        '',
        [
          'configmaps',
          'events',
          'namespaces',
          'namespaces/status',
          'persistentvolumeclaims',
          'persistentvolumeclaims/status',
          'resourcequotas',
          'resourcequotas/status',
          'serviceaccounts',
          'services',
          'services/status',
        ],
        read,
      ),
      rule('events.k8s.io', ['events'], read),
    ],
  },
];

/** Parts of a Device that are streams of what it reported, not parts of the object. */
const streams = ['log', 'info', 'metrics', 'flowlog', 'hardwarehealth', 'attestation'].map(name => `devices/${name}`);

/**
 * All roles. `plurals` are the kinds of eve.lfedge.org, `scalable` those that can be scaled. Editors write objects but
 * never their status, which is where a device's identity is kept. Viewers see no DeviceConfig: before a device has sent
 * its key, a composed configuration may hold credentials in the clear.
 */
export const bootstrapRoles = (plurals: readonly string[], scalable: readonly string[]): readonly BootstrapRole[] => {
  const group = 'eve.lfedge.org';
  const visible = plurals.filter(plural => plural !== 'deviceconfigs');
  const scales = scalable.map(plural => `${plural}/scale`);
  return [
    ...standardRoles,
    {
      name: 'kubeve:aggregate-to-edit',
      labels: { [into('edit')]: 'true' },
      rules: [
        rule(group, plurals, write),
        rule(group, ['deviceconfigs', 'deviceconfigs/status'], read),
        rule(group, scales, ['patch', 'update']),
        rule('kubeve.io', ['patchenvelopes'], write),
        rule(group, ['devices/preview'], ['create']),
        rule(group, ['devices/bootstrap'], ['get']),
      ],
    },
    {
      // What devices have to prove is not for everybody to say who may edit what they run.
      name: 'kubeve:aggregate-to-admin',
      labels: { [into('admin')]: 'true' },
      rules: [rule('kubeve.io', ['attestationpolicies'], write)],
    },
    {
      name: 'kubeve:aggregate-to-view',
      labels: { [into('view')]: 'true' },
      rules: [
        rule(
          group,
          [...visible, ...visible.map(plural => `${plural}/status`), ...scales, ...streams, 'applications/log'],
          read,
        ),
        rule('kubeve.io', ['applicationrevisions', 'attestationpolicies', 'devicemodels', 'patchenvelopes'], read),
      ],
    },
  ];
};

export const bootstrapBindings: readonly BootstrapBinding[] = [
  { name: 'cluster-admin', groups: ['system:masters'] },
  { name: 'system:monitoring', groups: ['system:monitoring'] },
  { name: 'system:discovery', groups: ['system:authenticated'] },
  { name: 'system:basic-user', groups: ['system:authenticated'] },
  { name: 'system:service-account-issuer-discovery', groups: ['system:serviceaccounts'] },
  { name: 'system:public-info-viewer', groups: ['system:authenticated', 'system:unauthenticated'] },
];
