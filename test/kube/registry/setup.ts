import type { ApiObject, JsonMap } from '../../../shared/base/object.ts';
import { controllerUser } from '../../../shared/kube/access/user.ts';
import { createCatalog } from '../../../shared/kube/catalog.ts';
import { createRegistry } from '../../../shared/kube/registry/registry.ts';
import type { ResourceType } from '../../../shared/kube/resource.ts';
import { createMemoryStore } from '../../../shared/store/drivers/memory.ts';
import { createTestPorts } from '../../support/ports.ts';
import { namespaces, testTypes } from '../../support/widgets.ts';

export const user = controllerUser;

/** A registry over a fresh store that holds the namespaces `default` and `other`. */
export const startRegistry = async (types: readonly ResourceType[] = testTypes) => {
  const ports = createTestPorts();
  const store = createMemoryStore({ clock: ports.clock });
  const registry = createRegistry({ store, catalog: createCatalog(types), ...ports });
  for (const name of ['default', 'other']) await registry.create(namespaces, toObject(namespaces, { name }), { user });
  return { registry, store, ...ports };
};

export const toObject = (
  type: ResourceType,
  metadata: Partial<ApiObject['metadata']>,
  rest: JsonMap = {},
): ApiObject => ({
  apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`,
  kind: type.kind,
  metadata: { name: '', ...metadata },
  ...rest,
});

export const widget = (name: string, spec: JsonMap = {}, metadata: Partial<ApiObject['metadata']> = {}): ApiObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'default', ...metadata },
  spec,
});
