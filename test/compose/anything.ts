import fc from 'fast-check';
import { isFault } from '../../shared/base/fault.ts';
import type { ApiObject, Json, JsonMap } from '../../shared/base/object.ts';
import { getOwn, isMap } from '../../shared/base/own.ts';
import type { Catalog } from '../../shared/kube/catalog.ts';
import type { ResourceType } from '../../shared/kube/resource.ts';
import type { Schema } from '../../shared/kube/schema/schema.ts';
import type { Kit } from './setup.ts';

/**
 * Some objects of all kinds that say something to a device, with any of the fields that their schemas know, of values that such
 * fields may have: names that there are and names that there are not, addresses of few networks, so that they meet. What their
 * kinds would refuse, `accept` takes out.
 */
export const anyObjects = (catalog: Catalog): fc.Arbitrary<ApiObject[]> =>
  fc
    .tuple(
      ...kinds.map(([group, kind, maxLength]) =>
        fc.uniqueArray(anyObject(typeOf(catalog, group, kind)), {
          selector: one => one.metadata.name,
          minLength: 1,
          maxLength,
        }),
      ),
    )
    .map(lists => lists.flat());

/** With how many of each there are at most. */
const kinds = [
  ['', 'Secret', 2],
  ['', 'ConfigMap', 1],
  ['', 'PersistentVolumeClaim', 3],
  ['storage.k8s.io', 'StorageClass', 3],
  ['eve.lfedge.org', 'NetworkConfig', 3],
  ['eve.lfedge.org', 'DeviceNetwork', 3],
  ['eve.lfedge.org', 'Image', 3],
  ['eve.lfedge.org', 'Application', 3],
  ['kubeve.io', 'DeviceModel', 1],
  ['kubeve.io', 'PatchEnvelope', 3],
  ['kubeve.io', 'DeviceCluster', 1],
  ['eve.lfedge.org', 'Device', 1],
] as const;

const typeOf = (catalog: Catalog, group: string, kind: string): ResourceType => {
  const type = catalog.byKind(group, undefined, kind);
  if (!type) throw new Error(`no kind ${kind}`);
  return type;
};

const anyObject = ({ group, version, kind, scope, schema }: ResourceType): fc.Arbitrary<ApiObject> =>
  fc
    .record({
      name: kind === 'Device' ? fc.constant('box') : fc.constantFrom(...(placed[kind] ?? names)),
      annotations: annotationsOf(kind),
      rest:
        fixed[kind] ??
        fc.record(
          Object.fromEntries(
            Object.entries(schema.properties ?? {})
              .filter(([field]) => !['apiVersion', 'kind', 'metadata', 'status'].includes(field))
              .map(([field, value]) => [field, anyValue(field, value)]),
          ),
        ),
    })
    .map(({ name, annotations, rest }) => ({
      apiVersion: group === '' ? version : `${group}/${version}`,
      kind,
      metadata: { name, ...(scope === 'Namespaced' && { namespace: 'lab' }), annotations },
      ...(plain(rest) as JsonMap),
    }));

const names = ['a', 'b', 'c'];

/** Kinds whose maps mean something only with the right keys. */
const fixed: Readonly<Record<string, fc.Arbitrary<JsonMap>>> = {
  Secret: fc.constant({ stringData: { username: 'u', password: 'p', x: 'é' } }),
  ConfigMap: fc.constantFrom(
    { data: { 'timer.config.interval': '10', x: 'y' } },
    { data: { 'app.allow.vnc': 'true', 'new.thing': 'z', username: 'u' } },
  ),
  StorageClass: fc
    .constantFrom<JsonMap>(
      { type: 'container', URL: 'https://quay.io', credentialsSecret: 'a' },
      { type: 'container', URL: 'docker://index.docker.io' },
      { type: 'http', URL: 'http://web' },
      { type: 'https', URL: 'https://web', credentialsSecret: 'nowhere' },
      { type: 's3', path: 'bucket', credentialsSecret: 'b' },
      { type: 'blank' },
    )
    .map(parameters => ({ provisioner: 'eve', parameters })),
};
const placed: Readonly<Record<string, readonly string[]>> = {
  Secret: ['a', 'b'],
  ConfigMap: ['a', 'eve-global-options'],
};

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

const ports = ['eth0', 'eth1', 'eth2', 'bond1', 'vlan1', 'shared'];

const annotationsOf = (kind: string): fc.Arbitrary<Record<string, string>> => {
  if (kind === 'Application')
    return fc.subarray(names).map(list => ({ 'k8s.v1.cni.cncf.io/networks': list.join(',') }));
  if (kind !== 'Device') return fc.constant({});
  const option = fc.constantFrom('timer.config.interval', 'debug.enable.ssh', 'app.allow.vnc', 'new.thing');
  return fc
    .record({
      options: fc.dictionary(option, fc.constantFrom('10', 'true', 'ssh-ed25519 AAAA'), { maxKeys: 2 }),
      networks: fc.dictionary(fc.constantFrom(...ports), fc.constantFrom(...names), { maxKeys: 2 }),
      isClear: fc.boolean(),
    })
    .map(({ options, networks, isClear }) => ({
      ...prefixed('config.eve.lfedge.org/', options),
      ...prefixed('eve.lfedge.org/network-', networks),
      ...(isClear && { 'kubeve.io/clear-text-secrets': 'true' }),
    }));
};

const prefixed = (prefix: string, map: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [prefix + key, value]));

/** What texts may be, by the name of the field that holds them. The first that fits. */
const texts: readonly (readonly [RegExp, readonly string[]])[] = [
  [/certificate|pem|onboard/i, ['']],
  [/^enrollment$/, ['e', 'f']],
  [/^proxies$/, ['http://10.0.0.2:3128', 'https://proxy.example:8080']],
  [/^serial$|softSerial/, ['S1']],
  [/storage|memory|cpu|size|quantity/i, ['1Gi', '512Mi', '1', '2', '100M']],
  [/ipPrefix/, ['10.0.0.7/24', '10.0.0.8/24']],
  [/joinServer|targets/, ['10.0.0.7', '10.0.0.9']],
  [/PLMN/, ['26201', '310410']],
  [/subnet|prefix|destination|^network$|cidr/i, ['10.7.0.0/16', '10.7.7.0/24', '10.0.0.0/24', 'fd00::/64', 'lan', 'a']],
  [/address|gateway|ip$|^ip|ntp|dns|^start|^end|server/i, ['10.7.7.9', '10.7.7.1', '10.0.0.7', '10.0.0.1', 'fd00::5']],
  [/mac/i, ['02:00:00:00:00:01', '02:00:00:00:00:02']],
  [/remotePort|localPort/, ['80', '8080', '1000-2000']],
  [/port|interface|parent|members|label|adapter/i, ports],
  [/protocol/, ['tcp', 'udp', 'icmp', '17']],
  [/url|pac|proxy/i, ['https://web.example', 'http://10.0.0.2:8080']],
  [/ref$/, ['x/y:1', 'x/y@sha256:00', '/file.img']],
  [/sha256/i, ['ab'.repeat(32)]],
  [/version/i, ['16.0.0-kvm-amd64', '']],
  [/resolution/i, ['1920x1080']],
  [/dispatcher/, ['host.example:443/path']],
  [/key/i, ['username', 'password', 'x']],
  [/mountPath|path/i, ['/v', '/w', '/v/w']],
  [/host/i, ['example.com', 'web.example']],
  [/provisioner/, ['eve']],
  [/fileName|file/i, ['a.conf', 'b.conf']],
];

/** The same for names, by what it is that has them. */
const named: typeof texts = [
  [/volume/i, ['v', 'w']],
  [/adapters|vlans|bonds/, ports],
  [/certificateEnrollments/, ['e', 'f']],
  [/interfaces/, ['eth0', 'eth1']],
  [/artifacts/, ['a.conf', 'b.conf']],
];

const anyText = (field: string, schema: Schema, within: string): fc.Arbitrary<string> => {
  if (schema.format === 'uuid')
    return fc.constantFrom('6ba7b810-9dad-11d1-80b4-00c04fd430c8', '7ba7b810-9dad-11d1-80b4-00c04fd430c8');
  if (schema.format === 'date-time') return fc.constantFrom('2026-02-02T00:00:00Z', '2020-01-01T00:00:00Z');
  const known = field === 'name' ? named.find(([form]) => form.test(within)) : texts.find(([form]) => form.test(field));
  const found = known?.[1] ?? names;
  return fc.oneof(
    { weight: 40, arbitrary: fc.constantFrom(...found) },
    { weight: 1, arbitrary: fc.constantFrom(...names, 'nowhere', 'none') },
    { weight: 1, arbitrary: fc.constantFrom('', 'é', 'x'.repeat(300), 'A b', '10.0.0.0/8', '__proto__') },
  );
};

const anyValue = (field: string, schema: Schema, within = ''): fc.Arbitrary<unknown> => {
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema['x-kubernetes-int-or-string']) return anyText(field, schema, within);
  if (schema.properties) return anyMap(field, schema.properties, schema.required ?? []);
  if (typeof schema.additionalProperties === 'object') return anyEntries(field, schema.additionalProperties);
  switch (schema.type) {
    case 'array':
      return fc.array(anyValue(field, schema.items ?? {}, within), { minLength: schema.minItems ?? 0, maxLength: 3 });
    case 'string':
      return anyText(field, schema, within);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 10, (schema.minimum ?? 0) + 10) }),
        fc.constantFrom(schema.minimum ?? 0, schema.maximum ?? 1_000_000, Math.min(1280, schema.maximum ?? 1280)),
      );
    default:
      return fc.constant(undefined);
  }
};

/** All that is required, and a few of the others. */
const anyMap = (
  within: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[],
): fc.Arbitrary<unknown> => {
  const optional = Object.keys(properties).filter(name => !required.includes(name));
  return fc
    .oneof(fc.subarray(optional, { maxLength: Math.min(3, optional.length) }), fc.subarray(optional))
    .chain(chosen =>
      fc.record(
        Object.fromEntries(
          [...required, ...chosen].map(name => [name, anyValue(name, properties[name] ?? {}, within)]),
        ),
      ),
    );
};

const keys: Readonly<Record<string, readonly string[]>> = {
  data: ['timer.config.interval', 'app.allow.vnc', 'username', 'x'],
  stringData: ['username', 'password'],
  parameters: ['type', 'URL', 'credentialsSecret', 'bucket', 'path'],
  phyaddrs: ['Ifname', 'PciLong', 'Serial', 'UsbAddr'],
  requests: ['memory', 'cpu', 'storage'],
  limits: ['memory', 'cpu'],
  matchLabels: ['a'],
};

const anyEntries = (field: string, schema: Schema): fc.Arbitrary<unknown> =>
  fc.dictionary(
    fc.constantFrom(...(keys[field] ?? ['a', 'b'])),
    field === 'requests' || field === 'limits' ? fc.constantFrom('1Gi', '2', '512Mi') : anyValue(field, schema),
    { maxKeys: 3 },
  );

/**
 * Creates an object, and gives it as it could be created: what its kind refuses is taken out, place by place, until the rest is
 * accepted. Undefined when nothing is left that could be.
 */
export const accept = async (kit: Kit, object: ApiObject): Promise<ApiObject | undefined> => {
  const draft = structuredClone(object);
  for (let round = 0; round <= maxRounds + 1; round += 1) {
    try {
      await kit.create(structuredClone(draft));
      return draft;
    } catch (error) {
      if (!isFault(error, 'Invalid') && !isFault(error, 'BadRequest') && !isFault(error, 'Forbidden')) return undefined;
      // What lacks something goes.
      const places = error.causes.map(({ field = '' }) =>
        has(draft, steps(field)) ? steps(field) : steps(field).slice(0, -1),
      );
      if (places.length === 0 || round > maxRounds) return undefined;
      if (round === maxRounds) draft['spec'] = {};
      else if (!takeOutAll(draft, places)) takeOut(draft, places[0]?.slice(0, -1) ?? []);
      fill(draft as unknown as JsonMap, bases[object.kind] ?? {});
    }
  }
  return undefined;
};

const maxRounds = 60;

/** What every object of a kind has to say, for those that had nothing left. */
const bases: Readonly<Record<string, JsonMap>> = {
  NetworkConfig: { spec: { ip: 'dhcp' } },
  DeviceNetwork: { spec: { networkConfig: 'a' } },
  Image: { spec: { ref: 'x/y:1', storageClass: 'a' } },
  Application: { spec: { containers: [{ name: 'c', image: 'a' }] } },
  PersistentVolumeClaim: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  DeviceModel: { spec: { adapters: [{ name: 'eth0', ptype: 'NetEth' }] } },
  PatchEnvelope: { spec: { artifacts: [{ name: 'f', inline: 'x' }] } },
  DeviceCluster: {
    spec: {
      interface: 'eth0',
      network: '10.0.0.0/24',
      bootstrap: 'box',
      tokenSecret: { name: 'a', key: 'password' },
      nodes: [{ device: 'box', address: '10.0.0.7' }],
    },
  },
};

/** Adds what is not there. */
const fill = (into: JsonMap, base: JsonMap): void => {
  for (const [field, value] of Object.entries(base)) {
    const now = into[field];
    if (now === undefined || (Array.isArray(now) && now.length === 0)) into[field] = structuredClone(value);
    else if (isMap(now) && isMap(value)) fill(now as JsonMap, value as JsonMap);
    else if (Array.isArray(now) && Array.isArray(value) && isMap(value[0]))
      for (const item of now) if (isMap(item)) fill(item as JsonMap, value[0] as JsonMap);
  }
};

/** `spec.a[0].b[c.d/e]` → spec, a, 0, b, c.d/e. */
const steps = (field: string): string[] =>
  [...field.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, key, name]) => key ?? name ?? '');

/** Whether anything was there. From the end of each list on, so that what comes before keeps its place. */
const takeOutAll = (from: ApiObject, places: readonly (readonly string[])[]): boolean => {
  const sorted = [...places].sort((a, b) => b.join('\0').localeCompare(a.join('\0'), 'en', { numeric: true }));
  return sorted.map(path => takeOut(from, path)).includes(true);
};

const has = (from: ApiObject, path: readonly string[]): boolean => {
  let at: unknown = from;
  for (const step of path) at = Array.isArray(at) ? at[Number(step)] : isMap(at) ? getOwn(at, step) : undefined;
  return at !== undefined;
};

/** Removes what is at a path; false when nothing is. */
const takeOut = (from: ApiObject, path: readonly string[]): boolean => {
  const last = path.at(-1);
  if (last === undefined || path[0] === 'kind' || (path[0] === 'metadata' && path.length < 3)) return false;
  let parent: unknown = from;
  for (const step of path.slice(0, -1))
    parent = Array.isArray(parent) ? parent[Number(step)] : isMap(parent) ? parent[step] : undefined;
  if (Array.isArray(parent)) return Number(last) < parent.length && parent.splice(Number(last), 1).length > 0;
  return isMap(parent) && Object.hasOwn(parent, last) && delete parent[last];
};
