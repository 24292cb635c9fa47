import { expect, test } from 'vitest';
import * as z from 'zod';
import { createAuthenticator } from '../../shared/kube/access/authenticate.ts';
import { bearer } from '../../shared/kube/access/bearer.ts';
import { createRbac } from '../../shared/kube/access/rbac.ts';
import { staticTokens } from '../../shared/kube/access/token.ts';
import { createKubeApp } from '../../shared/kube/app.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createDescribeApp } from '../../shared/kube/describe/app.ts';
import { createRegistry } from '../../shared/kube/registry/registry.ts';
import { defineResource } from '../../shared/resources/define.ts';
import { resources } from '../../shared/resources/index.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createTestPorts } from '../support/ports.ts';

const root = staticTokens('root,admin,u1,system:masters\n');

/** All kinds served, and the names of those whose schema somebody asked for. */
const start = () => {
  const ports = createTestPorts();
  const store = createMemoryStore({ clock: ports.clock });
  const rbac = createRbac({ store });
  const asked: string[] = [];
  const types = resources({ rbac, tokens: root, marks: store.marks });
  for (const type of types) {
    const get = Object.getOwnPropertyDescriptor(type, 'schema')?.get;
    Object.defineProperty(type, 'schema', {
      get() {
        asked.push(type.kind);
        return get?.call(type);
      },
    });
  }
  const catalog = createCatalog(types);
  const app = createKubeApp({
    registry: createRegistry({ store, catalog, ...ports }),
    authenticate: createAuthenticator([bearer([root])]),
    authorizer: rbac,
    describe: createDescribeApp({ catalog }),
    ...ports,
  });
  const send = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: 'Bearer root', 'content-type': 'application/json', accept: 'application/json' };
    const response = await app.request(path, { headers, ...init });
    await response.text();
    return response.status;
  };
  return { asked, send };
};

test('schemas are made when they are first asked for, and once', () => {
  const made: string[] = [];
  const part = (name: string) => () => {
    made.push(name);
    return z.object({ [name]: z.string() });
  };
  const toy = defineResource({
    version: 'v1',
    kind: 'Toy',
    plural: 'toys',
    scope: 'Cluster',
    description: 'A toy.',
    spec: part('spec'),
    status: part('status'),
    fields: () => ({ extra: part('extra')() }),
  });
  expect([toy.hasStatus, toy.hasGeneration, made]).toEqual([true, true, []]);
  expect(Object.keys(toy.schema.properties ?? {})).toEqual(['extra', 'spec', 'status']);
  expect(toy.schema).toBe(toy.schema);
  expect(made).toEqual(['extra', 'spec', 'status']);
});

test.each(['/api', '/apis', '/api/v1', '/apis/eve.lfedge.org/v1beta1', '/version', '/readyz', '/api/v1/configmaps'])(
  'GET %s needs no schema',
  async path => {
    const { asked, send } = start();
    expect(await send(path)).toBe(200);
    expect(asked).toEqual([]);
  },
);

test('a write needs the schema of its own kind alone', async () => {
  const { asked, send } = start();
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } });
  expect(await send('/api/v1/namespaces', { method: 'POST', body })).toBe(201);
  expect(new Set(asked)).toEqual(new Set(['Namespace']));
});
