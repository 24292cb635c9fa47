import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ApiObject } from '../../shared/base/object.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import { createComposer } from '../../shared/compose/run.ts';
import { decodeConfig } from '../../shared/compose/served.ts';
import { certHash } from '../../shared/eve/certs.ts';
import { createController } from '../../shared/eve/controller.ts';
import { encodeKnown, nothingKnown } from '../../shared/eve/known.ts';
import { decodeServed } from '../../shared/eve/served.ts';
import { anyToken } from '../../shared/kube/access/bearer.ts';
import { createRbac } from '../../shared/kube/access/rbac.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { createRegistry } from '../../shared/kube/registry/registry.ts';
import { issueCertificate } from '../../shared/pki/issue.ts';
import { resources } from '../../shared/resources/index.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createTestPorts, type TestPorts } from '../support/ports.ts';

export const admin = { user: controllerUser };

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A self-signed certificate with its key. */
export const makeCertificate = (name: string, ports: TestPorts): { pem: string; key: KeyObject } => {
  const { publicKey, privateKey } = pair();
  const notBefore = ports.clock.now() - 1000;
  const plan = {
    subject: [['CN', name]] as const,
    publicKey,
    serial: ports.random.bytes(16),
    notBefore,
    notAfter: notBefore + 1e12,
  };
  return { pem: issueCertificate(plan, { key: privateKey }), key: privateKey };
};

/** A controller of objects and configurations on an empty memory store, with the composer ready to run. */
export const startComposer = async (namespaces = ['default', 'kube-system', 'lab']) => {
  const ports = createTestPorts();
  const store = createMemoryStore({ clock: ports.clock });
  const catalog = createCatalog(resources({ rbac: createRbac({ store }), tokens: anyToken([]), marks: store.marks }));
  const registry = createRegistry({ store, catalog, ...ports });
  const signing = makeCertificate('signing', ports);
  const ecdh = makeCertificate('ecdh', ports);
  const identity = (one: typeof signing) => ({ key: one.key, certificatePem: one.pem });
  const controller = createController({ signing: identity(signing), ecdh: identity(ecdh) });
  const events: { object: ApiObject; type: string; reason: string; message: string }[] = [];
  const recorder = {
    async record(object: ApiObject, happening: { type: 'Normal' | 'Warning'; reason: string; message: string }) {
      events.push({ object, ...happening });
    },
  };
  const composer = createComposer({ store, registry, controller, ports, user: controllerUser, recorder });
  const abort = new AbortController();
  let running: Promise<void> | undefined;

  const typeOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }) => {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const type = catalog.byKind(group ?? '', version, kind);
    if (!type) throw new Error(`no kind ${apiVersion} ${kind}`);
    return type;
  };
  const warnings: string[] = [];
  const create = (object: ApiObject) =>
    registry.create(typeOf(object), object, { ...admin, warn: text => warnings.push(text) });
  for (const name of namespaces) await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

  const kit = {
    ports,
    store,
    registry,
    catalog,
    controller,
    composer,
    events,
    warnings,
    typeOf,
    create,
    /** Creates all objects of a YAML text, in the namespace `lab` when they say none. */
    async apply(text: string): Promise<ApiObject[]> {
      const out: ApiObject[] = [];
      for (const object of readYaml(text)) out.push(await create(place(object, typeOf(object).scope)));
      return out;
    },
    get: (plural: string, name: string, group = 'eve.lfedge.org', namespace: string | undefined = 'lab') =>
      registry.get(catalog.get(group, plural), { namespace, name }),
    update: (
      plural: string,
      name: string,
      change: (object: ApiObject) => ApiObject,
      options: { subresource?: string; group?: string } = {},
    ) =>
      registry.update(catalog.get(options.group ?? 'eve.lfedge.org', plural), { namespace: 'lab', name }, change, {
        ...admin,
        ...(options.subresource && { subresource: options.subresource }),
      }),
    remove: (plural: string, name: string, group = 'eve.lfedge.org') =>
      registry.delete(catalog.get(group, plural), { namespace: 'lab', name }, admin),
    /** Binds an Application as the scheduler would. */
    bind: (name: string, device: string) =>
      registry.update(
        catalog.get('eve.lfedge.org', 'applications'),
        { namespace: 'lab', name },
        now => ({ ...now, status: { ...now.status, device } }),
        { ...admin, subresource: 'status' },
      ),
    /** What a device of the namespace `lab` is served now. */
    async served(name: string) {
      const device = await registry.get(catalog.get('eve.lfedge.org', 'devices'), { namespace: 'lab', name });
      const uuid = String(device.status?.['uuid'] ?? device.metadata.uid);
      const entry = await store.get('configs', uuid);
      return entry && decodeServed(entry.value);
    },
    async config(name: string) {
      const served = await kit.served(name);
      if (!served) throw new Error(`${name} is served nothing`);
      return decodeConfig(served);
    },
    /** Lets a device send a certificate for secrets. */
    async sendCertificate(name: string): Promise<KeyObject> {
      const device = await registry.get(catalog.get('eve.lfedge.org', 'devices'), { namespace: 'lab', name });
      const { pem, key } = makeCertificate(`${name}-ecdh`, ports);
      const bytes = Buffer.from(pem);
      const known = {
        type: 13,
        hash: Buffer.from(certHash(bytes)).toString('base64'),
        pem: bytes.toString('base64'),
        at: 0,
      };
      const uuid = String(device.status?.['uuid'] ?? device.metadata.uid);
      const entry = await store.get('devices', uuid);
      const value = encodeKnown({ ...nothingKnown, certificates: [known] });
      await store.commit('devices', { key: uuid, value, expected: entry?.revision ?? 0 });
      return key;
    },
    run() {
      running ??= composer.run(abort.signal);
    },
    async stop() {
      abort.abort();
      await running;
    },
  };
  return kit;
};

export type Kit = Awaited<ReturnType<typeof startComposer>>;

/** Tests read documents that they wrote themselves. */
export const readYaml = (text: string): ApiObject[] =>
  text
    .split(/^---$/m)
    .filter(part => part.trim() !== '')
    .map(part => parseYaml(part) as unknown as ApiObject);

const place = (object: ApiObject, scope: string): ApiObject =>
  scope === 'Cluster' || object.metadata.namespace
    ? object
    : { ...object, metadata: { ...object.metadata, namespace: 'lab' } };
