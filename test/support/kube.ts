import { Hono } from 'hono';
import type { ApiObject } from '../../shared/base/object.ts';
import type { Fairness } from '../../shared/kube/access/fairness.ts';
import type { PeerEnv } from '../../shared/kube/access/peer.ts';
import { type Authorizer, controllerUser, type User } from '../../shared/kube/access/user.ts';
import { createKubeApp } from '../../shared/kube/app.ts';
import { createAuditor } from '../../shared/kube/audit/auditor.ts';
import type { AuditEvent } from '../../shared/kube/audit/event.ts';
import { type AuditPolicy, metadataPolicy } from '../../shared/kube/audit/policy.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createRegistry } from '../../shared/kube/registry/registry.ts';
import type { ResourceType } from '../../shared/kube/resource.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createTestPorts } from './ports.ts';
import { testTypes } from './widgets.ts';

export interface KubeOptions {
  readonly types?: readonly ResourceType[];
  /** Default: everything is allowed. */
  readonly authorizer?: Authorizer;
  /** Default: everybody is the controller. */
  readonly authenticate?: (request: Request) => Promise<User | undefined>;
  /** Created at first when there is a type for them. Default: `default`. */
  readonly namespaces?: readonly string[];
  readonly closing?: AbortSignal;
  /** What is audited. Default: everything, without bodies. */
  readonly policy?: AuditPolicy;
  readonly fairness?: Fairness;
  /** Default: 404 for everything. */
  readonly describe?: { fetch(request: Request): Response | Promise<Response> };
}

export const allowAll: Authorizer = { authorize: async () => ({ allowed: true, reason: '' }) };

/** An API server in this process, on an empty store. `call` sends a request, `send` one with a JSON body. */
export const startKube = async (options: KubeOptions = {}) => {
  const ports = createTestPorts();
  const store = createMemoryStore({ clock: ports.clock });
  const catalog = createCatalog(options.types ?? testTypes);
  const registry = createRegistry({ store, catalog, ...ports });
  const audited: AuditEvent[] = [];
  const app = createKubeApp({
    ...ports,
    registry,
    authenticate: options.authenticate ?? (async () => controllerUser),
    authorizer: options.authorizer ?? allowAll,
    describe: options.describe ?? new Hono(),
    ...(options.closing && { closing: options.closing }),
    auditor: createAuditor({ policy: options.policy ?? metadataPolicy, write: event => audited.push(event), ...ports }),
    ...(options.fairness && { fairness: options.fairness }),
  });
  const call = async (path: string, init: RequestInit = {}, env: PeerEnv = {}): Promise<Response> =>
    app.fetch(new Request(`https://localhost${path}`, init), env);
  const send = (method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Response> =>
    call(path, {
      method,
      ...(body !== undefined && {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': contentType },
      }),
    });
  const namespaces = catalog.byResource('', 'v1', 'namespaces');
  for (const name of namespaces ? (options.namespaces ?? ['default']) : []) {
    const namespace: ApiObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
    if (namespaces) await registry.create(namespaces, namespace, { user: controllerUser });
  }
  return { app, registry, store, catalog, audited, call, send, ...ports };
};

/** The answer's JSON with its code: what most assertions are about. */
export const read = async (response: Response | Promise<Response>): Promise<{ code: number; body: Body }> => {
  const answer = await response;
  // Tests say what they expect to be there.
  return { code: answer.status, body: (await answer.json()) as Body };
};

export type Body = ApiObject & Record<string, unknown>;

/** The events of a watch, as lines come. Ends the request when the block that uses it is left. */
export async function* readEvents(response: Response): AsyncGenerator<{ type: string; object: Body }> {
  let rest = '';
  // A response's stream gives bytes; the platform's types do not say so.
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + new TextDecoder().decode(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as { type: string; object: Body };
  }
}
