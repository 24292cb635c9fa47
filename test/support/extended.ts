import { createDefinitions } from '../../shared/controllers/definitions.ts';
import { createGarbage } from '../../shared/controllers/garbage.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { createKubeApp } from '../../shared/kube/app.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createDescribeApp } from '../../shared/kube/describe/app.ts';
import type { ConvertPorts } from '../../shared/kube/extend/convert.ts';
import { createExtensions } from '../../shared/kube/extend/extensions.ts';
import { createRegistry } from '../../shared/kube/registry/registry.ts';
import { customResourceDefinition } from '../../shared/resources/extensions/customresourcedefinition.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { allowAll, read } from './kube.ts';
import { createTestPorts } from './ports.ts';
import { testTypes } from './widgets.ts';

/** An API server in this process that takes definitions, with the loops that belong to them. */
export const startExtended = async (convert?: ConvertPorts) => {
  const ports = createTestPorts();
  const store = createMemoryStore({ clock: ports.clock });
  const builtIn = [...testTypes, customResourceDefinition];
  const catalog = createCatalog(builtIn);
  const registry = createRegistry({ store, catalog, ...ports });
  const extensions = createExtensions({ store, catalog, builtIn, log: ports.log, ...(convert && { convert }) });
  const app = createKubeApp({
    ...ports,
    registry,
    refresh: extensions.catchUp,
    authenticate: async () => controllerUser,
    authorizer: allowAll,
    describe: createDescribeApp({ catalog }),
  });
  const stop = new AbortController();
  const loops = [createDefinitions({ registry, extensions, ...ports }), createGarbage({ registry, ...ports })];
  const running = Promise.all(loops.map(loop => loop.run(stop.signal)));
  const raw = async (path: string, init: RequestInit = {}): Promise<Response> =>
    app.fetch(new Request(`https://localhost${path}`, init), {});
  const send = (method: string, path: string, body?: unknown, type = 'application/json') =>
    raw(path, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': type } }),
    });
  await send('POST', '/api/v1/namespaces', { metadata: { name: 'default' } });
  return {
    ...ports,
    store,
    catalog,
    registry,
    raw,
    send,
    ask: (method: string, path: string, body?: unknown, type?: string) => read(send(method, path, body, type)),
    close: async () => {
      stop.abort();
      await running;
    },
  };
};

export type Extended = Awaited<ReturnType<typeof startExtended>>;

export const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
