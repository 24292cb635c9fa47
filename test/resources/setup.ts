import { Fault } from '../../shared/base/fault.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import { anyToken } from '../../shared/kube/access/bearer.ts';
import { createRbac } from '../../shared/kube/access/rbac.ts';
import { staticTokens } from '../../shared/kube/access/token.ts';
import { controllerUser, type User } from '../../shared/kube/access/user.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createRegistry } from '../../shared/kube/registry/registry.ts';
import { resources } from '../../shared/resources/index.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createTestPorts } from '../support/ports.ts';

export const admin = controllerUser;

/** All kinds over a fresh memory store with the namespaces `default` and `kube-system`. */
export const startKinds = async () => {
  const ports = createTestPorts();
  const store = createMemoryStore({ clock: ports.clock });
  const rbac = createRbac({ store });
  const tokens = anyToken([staticTokens('secret-token,alice,u1,"dev,ops"\n')]);
  const catalog = createCatalog(resources({ rbac, tokens, marks: store.marks }));
  const registry = createRegistry({ store, catalog, ...ports });
  const warnings: string[] = [];

  const typeOf = (object: Pick<ApiObject, 'apiVersion' | 'kind'>) => {
    const [group = '', version] = object.apiVersion.includes('/')
      ? object.apiVersion.split('/')
      : ['', object.apiVersion];
    const type = catalog.byKind(group, version, object.kind);
    if (!type) throw new Error(`no kind ${object.kind} in ${object.apiVersion}`);
    return type;
  };
  const refOf = ({ metadata: { name, namespace } }: ApiObject) => ({ name, ...(namespace ? { namespace } : {}) });
  const options = (user: User) => ({ user, warn: (text: string) => void warnings.push(text) });

  const kinds = {
    ...ports,
    store,
    rbac,
    catalog,
    registry,
    warnings,
    typeOf,
    create: (object: ApiObject, user: User = admin) => registry.create(typeOf(object), object, options(user)),
    /** Replaces fields of the stored object; what is undefined goes. */
    change: async (object: ApiObject, fields: Record<string, unknown>, user: User = admin, subresource?: string) => {
      const change = (current: ApiObject): ApiObject => ({
        ...current,
        ...fields,
        metadata: { ...current.metadata, ...(fields.metadata as object) },
      });
      const result = await registry.update(typeOf(object), refOf(object), change, {
        ...options(user),
        ...(subresource === undefined ? {} : { subresource }),
      });
      return result.object;
    },
    get: (object: ApiObject) => registry.get(typeOf(object), refOf(object)),
    remove: (object: ApiObject, user: User = admin) => registry.delete(typeOf(object), refOf(object), options(user)),
  };
  for (const name of ['default', 'kube-system']) await kinds.create(namespaceNamed(name));
  return kinds;
};

export type Kinds = Awaited<ReturnType<typeof startKinds>>;

export const namespaceNamed = (name: string): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name },
});

/** The Fault that a promise ends with, as `code message`, so that tables can be compared with it. */
export const refusal = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Fault) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
};
