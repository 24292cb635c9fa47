import { createHash, generateKeyPairSync } from 'node:crypto';
import type { ApiObject, JsonMap } from '../../shared/base/object.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import { compose } from '../../shared/compose/compose.ts';
import type { Contribution } from '../../shared/compose/contribution.ts';
import { stamp, toBody } from '../../shared/compose/digest.ts';
import { gather } from '../../shared/compose/gather.ts';
import { type Kind, kinds } from '../../shared/compose/kinds.ts';
import type { Reader } from '../../shared/compose/reader.ts';
import { clearTextAnnotation } from '../../shared/compose/secrets.ts';
import { certHash } from '../../shared/eve/certs.ts';
import { type Controller, createController } from '../../shared/eve/controller.ts';
import type { EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import { encodeKnown, nothingKnown } from '../../shared/eve/known.ts';
import { anyToken } from '../../shared/kube/access/bearer.ts';
import { createRbac } from '../../shared/kube/access/rbac.ts';
import { controllerUser } from '../../shared/kube/access/user.ts';
import { type Catalog, createCatalog } from '../../shared/kube/catalog.ts';
import { createRegistry } from '../../shared/kube/registry/registry.ts';
import type { ResourceType } from '../../shared/kube/resource.ts';
import { issueCertificate } from '../../shared/pki/issue.ts';
import type { Device } from '../../shared/resources/eve/device.ts';
import { resources } from '../../shared/resources/index.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';

const now = Date.parse('2026-01-02T03:04:05Z');
const namespace = 'lab';

/** A Device with all that concerns it, as they would be stored. */
export interface World {
  readonly objects: readonly ApiObject[];
  typeOf(object: ApiObject): ResourceType;
  /** The configuration that these objects give, in the place of the World's own. */
  compose(objects: readonly ApiObject[]): Promise<EdgeDevConfig>;
}

/** Stores the objects of a YAML text; Applications are bound to the first Device, or to that of their label `node`. */
export const loadWorld = async (text: string): Promise<World> => {
  const clock = { now: () => now };
  const store = createMemoryStore({ clock });
  const catalog = createCatalog(resources({ rbac: createRbac({ store }), tokens: anyToken([]), marks: store.marks }));
  const registry = createRegistry({ store, catalog, clock, random: repeating(), log: silent });
  const create = (object: ApiObject) => registry.create(typeIn(catalog, object), object, { user: controllerUser });
  for (const name of [namespace, 'kube-system'])
    await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const made: ApiObject[] = [];
  for (const one of readYaml(text)) made.push(await create(place(one, typeIn(catalog, one).scope)));
  const name = made.find(({ kind }) => kind === 'Device')?.metadata.name ?? '';
  const objects = made.map(one =>
    one.kind === 'Application' ? { ...one, status: { device: one.metadata.labels?.['node'] ?? name } } : one,
  );
  const parties = makeParties();
  return {
    objects,
    typeOf: object => typeIn(catalog, object),
    async compose(given) {
      const device = given.find(({ kind }) => kind === 'Device');
      if (!device) throw new Error('no Device');
      // A device that gets secrets in the clear has sent no certificate to encrypt them to.
      const isClear = device.metadata.annotations?.[clearTextAnnotation] === 'true';
      const reader = readerOf(given, catalog, isClear ? encodeKnown(nothingKnown) : parties.known);
      const concerns = (catalog.get('eve.lfedge.org', 'devicenetworks') as Contribution).concerns; // declared with both halves
      const uuid = device.metadata.uid ?? '';
      const from = await gather(reader, device as unknown as Device, uuid, { networkConcerns: concerns, held: [] });
      const { config } = compose(from, parties.controller);
      return stamp(config, toBody(config), 1, now).config;
    },
  };
};

/** The documents of a YAML text. */
const readYaml = (text: string): ApiObject[] =>
  text
    .split(/^---$/m)
    .filter(part => part.trim() !== '')
    .map(part => parseYaml(part) as unknown as ApiObject); // written for this, and checked when it is stored

const typeIn = (catalog: Catalog, { apiVersion, kind }: ApiObject): ResourceType => {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const type = catalog.byKind(group, version, kind);
  if (!type) throw new Error(`no kind ${apiVersion} ${kind}`);
  return type;
};

const place = (object: ApiObject, scope: string): ApiObject =>
  scope === 'Cluster' || object.metadata.namespace
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } };

/** Reads a list of objects as a store would be read. */
const readerOf = (objects: readonly ApiObject[], catalog: Catalog, known: Uint8Array): Reader => {
  const storageOf = (object: ApiObject) => typeIn(catalog, object).storage;
  const ofKind = (kind: Kind) => objects.filter(object => storageOf(object) === kinds[kind]);
  const keyOf = ({ metadata }: ApiObject) =>
    metadata.namespace ? `${metadata.namespace}/${metadata.name}` : metadata.name;
  return {
    dependencies: new Set(),
    get: async (kind, key) => ofKind(kind).find(object => keyOf(object) === key),
    find: async (kind, term) =>
      ofKind(kind).filter(object => typeIn(catalog, object).terms?.(object).includes(term) ?? false),
    list: async (kind, wanted) => ofKind(kind).filter(({ metadata }) => metadata.namespace === wanted),
    entry: async (_type, key) => ({ key, value: known, revision: 1 }),
  };
};

/** A controller, and what a device told of itself: the certificate that secrets are encrypted to. */
const makeParties = (): { controller: Controller; known: Uint8Array } => {
  const [signing, ecdh, device] = [makeIdentity('signing'), makeIdentity('ecdh'), makeIdentity('device')];
  const pem = new TextEncoder().encode(device.certificatePem);
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const certificates = [{ type: 13, hash: base64(certHash(pem)), pem: base64(pem), at: 0 }];
  return { controller: createController({ signing, ecdh }), known: encodeKnown({ ...nothingKnown, certificates }) };
};

const makeIdentity = (name: string) => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = [['CN', name]] as const;
  const plan = { subject, publicKey, serial: new Uint8Array([1]), notBefore: now, notAfter: now + 1e12 };
  return { key: privateKey, certificatePem: issueCertificate(plan, { key: privateKey }) };
};

/** Randomness that is the same in each run, so that the same objects get the same identities. */
const repeating = () => {
  let count = 0;
  const bytes = (length: number) =>
    new Uint8Array(createHash('sha512').update(`${count++}`).digest().subarray(0, length));
  const uuid = () => {
    const hex = Buffer.from(bytes(16)).toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  };
  return { bytes, uuid };
};

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Any part of an object: what is below the root is JSON. */
export const asMap = (object: ApiObject): JsonMap => object as unknown as JsonMap;
