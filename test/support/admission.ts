import { Hono } from 'hono';
import type { ApiObject } from '../../shared/base/object.ts';
import { type Authorizer, controllerUser, type User } from '../../shared/kube/access/user.ts';
import { createAdmission } from '../../shared/kube/admission/admission.ts';
import type { Post } from '../../shared/kube/admission/webhook.ts';
import { createKubeApp } from '../../shared/kube/app.ts';
import { createAuditor } from '../../shared/kube/audit/auditor.ts';
import type { AuditEvent } from '../../shared/kube/audit/event.ts';
import { metadataPolicy } from '../../shared/kube/audit/policy.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createRegistry } from '../../shared/kube/registry/registry.ts';
import type { ResourceType } from '../../shared/kube/resource.ts';
import {
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBeta,
} from '../../shared/resources/admission/mutatingadmissionpolicy.ts';
import {
  mutatingAdmissionPolicyBinding,
  mutatingAdmissionPolicyBindingBeta,
} from '../../shared/resources/admission/mutatingadmissionpolicybinding.ts';
import { validatingAdmissionPolicy } from '../../shared/resources/admission/validatingadmissionpolicy.ts';
import { validatingAdmissionPolicyBinding } from '../../shared/resources/admission/validatingadmissionpolicybinding.ts';
import {
  mutatingWebhookConfiguration,
  validatingWebhookConfiguration,
} from '../../shared/resources/admission/webhooks.ts';
import { configMap } from '../../shared/resources/core/configmap.ts';
import { namespace } from '../../shared/resources/core/namespace.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { allowAll } from './kube.ts';
import { createTestPorts } from './ports.ts';

const group = '/apis/admissionregistration.k8s.io/v1';

/** An API server with ConfigMaps, Namespaces and everything that decides on writes to them. */
export const startAdmission = async (
  options: {
    readonly post?: Post;
    readonly authorizer?: Authorizer;
    readonly user?: User;
    readonly types?: readonly ResourceType[];
  } = {},
) => {
  const ports = createTestPorts();
  const store = createMemoryStore({ clock: ports.clock });
  const catalog = createCatalog([
    namespace,
    configMap,
    validatingAdmissionPolicy,
    validatingAdmissionPolicyBinding,
    mutatingAdmissionPolicy,
    mutatingAdmissionPolicyBeta,
    mutatingAdmissionPolicyBinding,
    mutatingAdmissionPolicyBindingBeta,
    ...(options.types ?? []),
    validatingWebhookConfiguration,
    mutatingWebhookConfiguration,
  ]);
  const authorizer = options.authorizer ?? allowAll;
  const post: Post = options.post ?? (() => Promise.reject(new Error('nobody is there')));
  const admission = createAdmission({ store, catalog, authorizer, post, ...ports });
  const registry = createRegistry({ store, catalog, admission, ...ports });
  const authenticate = async () => options.user ?? controllerUser;
  const audited: AuditEvent[] = [];
  const auditor = createAuditor({ policy: metadataPolicy, write: event => audited.push(event), ...ports });
  const app = createKubeApp({ ...ports, registry, authenticate, authorizer: allowAll, describe: new Hono(), auditor });
  const send = async (method: string, path: string, body?: unknown) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const init = {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': type } }),
    };
    const response = await app.fetch(new Request(`https://localhost${path}`, init));
    // Answers are objects or Statuses.
    const answer = (await response.json()) as ApiObject & {
      message: string;
      reason: string;
      details: { causes: { message: string; field: string }[] };
    };
    return { code: response.status, body: answer, warnings: response.headers.get('warning') ?? '' };
  };
  for (const name of ['default', 'prod']) {
    await send('POST', '/api/v1/namespaces', { metadata: { name, labels: { env: name } } });
  }
  return {
    registry,
    store,
    audited,
    send,
    /** Creates something that decides; fails the test when it is refused. */
    async declare(plural: string, name: string, rest: object) {
      const { code, body } = await send('POST', `${group}/${plural}`, { metadata: { name }, ...rest });
      if (code !== 201) throw new Error(body.message);
      return body;
    },
    make: (name: string, data: Record<string, string> = {}, metadata: object = {}, at = 'default', query = '') =>
      send('POST', `/api/v1/namespaces/${at}/configmaps${query}`, { metadata: { name, ...metadata }, data }),
  };
};

/** Rules that match writes to ConfigMaps. */
export const configMaps = (...operations: string[]) => [
  { operations, apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] },
];
