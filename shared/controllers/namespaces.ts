import type { ApiObject } from '../base/object.ts';
import type { Clock } from '../base/ports.ts';
import { unlessThere } from '../base/unless.ts';
import { controllerUser } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import { type Controller, type ControllerParts, createController, following } from './controller.ts';
import { purge } from './purge.ts';
import type { Held } from './queue.ts';

export interface NamespaceParts extends ControllerParts {
  readonly clock: Clock;
  /** PEM of the certificate that the API server's own chains to: every namespace says it in a ConfigMap. */
  readonly rootCertificate: string;
}

/**
 * Namespaces (kubernetes-api reference §2.1): those of the system exist always, every active one has its ServiceAccount
 * `default` and its ConfigMap `kube-root-ca.crt`, and the content of a terminating one is deleted before it may vanish.
 */
export const createNamespaces = (parts: NamespaceParts): Controller => {
  const { catalog } = parts.registry;
  const types = {
    namespaces: catalog.get('', 'namespaces'),
    serviceAccounts: catalog.get('', 'serviceaccounts'),
    configMaps: catalog.get('', 'configmaps'),
  };
  const keepOne =
    (name: string) =>
    // Of these types only the one object matters: its namespace is looked at when it changes.
    (object: ApiObject): boolean =>
      object.metadata.name === name;
  return createController(parts, {
    name: 'namespaces',
    start: systemNamespaces,
    follows: [
      following(
        types.namespaces,
        () => true,
        ({ key }, add) => add(key),
      ),
      following(types.serviceAccounts, keepOne(accountName), ({ key, now, before }, add) => {
        if (!now && before) add(namespaceOf(key));
      }),
      following(types.configMaps, keepOne(rootName), ({ key, now, before }, add) => {
        if (now?.kept || (!now && before)) add(namespaceOf(key));
      }),
    ],
    work: name => keepNamespace(parts, types, name),
  });
};

type Types = Record<'namespaces' | 'serviceAccounts' | 'configMaps', ResourceType>;

const systemNamespaces = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];
const accountName = 'default';
const rootName = 'kube-root-ca.crt';

const namespaceOf = (key: string): string => key.slice(0, key.indexOf('/'));

const keepNamespace = async (parts: NamespaceParts, types: Types, name: string): Promise<Held | undefined> => {
  const { registry } = parts;
  const namespace = await registry.find(types.namespaces, { name });
  if (!namespace) {
    if (systemNamespaces.includes(name)) await createIfMissing(registry, types.namespaces, 'Namespace', { name }, {});
    return undefined;
  }
  if (namespace.metadata.deletionTimestamp !== undefined) return purge(parts, types.namespaces, namespace);
  await createIfMissing(registry, types.serviceAccounts, 'ServiceAccount', { name: accountName, namespace: name }, {});
  await keepRoot(parts, types.configMaps, name);
  return undefined;
};

const keepRoot = async (parts: NamespaceParts, type: ResourceType, namespace: string): Promise<void> => {
  const { registry, rootCertificate } = parts;
  const data = { 'ca.crt': rootCertificate };
  const description =
    'Contains a CA bundle that can be used to verify the API server. It belongs to the cluster and is kept up to date.';
  const found = await registry.find(type, { namespace, name: rootName });
  if (!found) {
    const annotations = { 'kubernetes.io/description': description };
    await createIfMissing(registry, type, 'ConfigMap', { name: rootName, namespace, annotations }, { data });
  } else if (!isRoot(found, rootCertificate)) {
    await unlessThere(
      registry.update(type, found.metadata, current => ({ ...current, data }), { user: controllerUser }),
    );
  }
};

const isRoot = ({ data }: ApiObject, certificate: string): boolean =>
  typeof data === 'object' &&
  data !== null &&
  Object.keys(data).length === 1 &&
  Object.values(data)[0] === certificate &&
  Object.keys(data)[0] === 'ca.crt';

const createIfMissing = async (
  registry: Registry,
  type: ResourceType,
  kind: string,
  metadata: ApiObject['metadata'],
  fields: Record<string, unknown>,
): Promise<void> => {
  if (await registry.find(type, metadata)) return;
  await unlessThere(registry.create(type, { apiVersion: 'v1', kind, metadata, ...fields }, { user: controllerUser }));
};
