import { isMap } from '../../shared/base/own.ts';
import { knownAlgorithms } from '../../shared/kube/access/oidc/algorithms.ts';
import type { AccessFlags } from '../accessflags.ts';
import { requireTenantName } from './name.ts';

/**
 * One of several installations behind the same doors. They share nothing but the process: each has keys and certificates,
 * users, objects, kinds, devices and limits of its own.
 */
export interface Tenant extends AccessFlags {
  /** Prefix of all its keys in table and bucket. */
  readonly name: string;
  /** Host names that are its own, in lower case: there it is at the root, and its devices are nowhere else. */
  readonly hosts: readonly string[];
  /** Those of them that devices connect to, where devices come through another gateway than people do. */
  readonly deviceHosts?: readonly string[];
  /** Certificate (ARN in ACM) and Route 53 zone of its host names, where a deployment makes gateways for them. */
  readonly certificate?: string;
  readonly zone?: string;
  /** Whether the Kubernetes API is at `/clusters/<name>` too, under every host name that is no tenant's. */
  readonly path: boolean;
  /** Secrets Manager secret that holds its identity. */
  readonly identity?: string;
  /** Serves devices that speak version 1 of their API too. */
  readonly deviceApiV1?: boolean;
}

/**
 * Reads a list of tenants (a list, or a map with `tenants`), `own` being the one that is served where no other is meant. Throws an
 * Error that names what is wrong and where.
 */
export const toTenants = (value: unknown, own: string): readonly Tenant[] => {
  const list = isMap(value) ? value['tenants'] : value;
  if (!Array.isArray(list)) throw new Error('tenants must be a list');
  if (list.length > maxTenants) throw new Error(`tenants may be ${maxTenants} at most, not ${list.length}`);
  const tenants = list.map((one: unknown, at) => toTenant(one, `tenants[${at}]`));
  const names = new Set([own]);
  const hosts = new Map<string, string>();
  for (const [at, tenant] of tenants.entries()) {
    if (names.has(tenant.name)) throw new Error(`tenants[${at}].name is taken: '${tenant.name}'`);
    names.add(tenant.name);
    for (const host of tenant.hosts) {
      const other = hosts.get(host);
      if (other !== undefined) throw new Error(`tenants[${at}].hosts: '${host}' is already that of '${other}'`);
      hosts.set(host, tenant.name);
    }
  }
  return tenants;
};

/** Each has loops, caches and connections of its own. */
const maxTenants = 100;

const toTenant = (value: unknown, at: string): Tenant => {
  if (!isMap(value)) throw new Error(`${at} must be a map with a name`);
  const unknown = Object.keys(value).find(key => !fields.has(key));
  if (unknown !== undefined) throw new Error(`${at}.${unknown} is no field of a tenant: ${[...fields].join(', ')} are`);
  const { name, path = true, deviceApiV1 = false } = value;
  if (typeof name !== 'string') throw new Error(`${at}.name must be a text`);
  requireTenantName(`${at}.name`, name);
  if (typeof path !== 'boolean') throw new Error(`${at}.path must be true or false`);
  if (typeof deviceApiV1 !== 'boolean') throw new Error(`${at}.deviceApiV1 must be true or false`);
  const deviceHosts = toHosts(value['deviceHosts'], `${at}.deviceHosts`);
  const hosts = [...toHosts(value['hosts'], `${at}.hosts`), ...deviceHosts];
  if (hosts.length === 0 && !path) throw new Error(`${at} can be reached by nobody: give it hosts, or leave path true`);
  const oidcSigningAlg = toTexts(value['oidcSigningAlg'], `${at}.oidcSigningAlg`);
  const strange = oidcSigningAlg.find(algorithm => !knownAlgorithms.includes(algorithm));
  if (strange !== undefined)
    throw new Error(`${at}.oidcSigningAlg must be of ${knownAlgorithms.join(', ')}, not '${strange}'`);
  const serviceAccountIssuer = toTexts(value['serviceAccountIssuer'], `${at}.serviceAccountIssuer`);
  const apiAudience = toTexts(value['apiAudience'], `${at}.apiAudience`);
  return {
    name,
    hosts: [...new Set(hosts)],
    path,
    ...(deviceHosts.length > 0 && { deviceHosts: [...new Set(deviceHosts)] }),
    ...(deviceApiV1 && { deviceApiV1 }),
    ...Object.fromEntries(
      texts.flatMap(field => {
        const text = value[field];
        if (text === undefined) return [];
        if (typeof text !== 'string' || text === '') throw new Error(`${at}.${field} must be a text`);
        return [[field, text]];
      }),
    ),
    ...(serviceAccountIssuer.length > 0 && { serviceAccountIssuer }),
    ...(apiAudience.length > 0 && { apiAudience }),
    ...(oidcSigningAlg.length > 0 && { oidcSigningAlg }),
  };
};

const texts = [
  'identity',
  'certificate',
  'zone',
  'tokenFile',
  'clientCaFile',
  'authenticationConfig',
  'awsIamConfig',
] as const;
const fields = new Set<string>([
  'name',
  'hosts',
  'deviceHosts',
  'path',
  'deviceApiV1',
  ...texts,
  'serviceAccountIssuer',
  'apiAudience',
  'oidcSigningAlg',
]);

const toTexts = (value: unknown, at: string): readonly string[] => {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every(one => typeof one === 'string' && one !== ''))
    throw new Error(`${at} must be a list of texts`);
  return value;
};

const toHosts = (value: unknown, at: string): readonly string[] => toTexts(value, at).map(host => toHost(host, at));

const toHost = (text: string, at: string): string => {
  const host = text.toLowerCase();
  if (host.length > 253 || !/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(host))
    throw new Error(`${at} must be host names without a port, not '${text}'`);
  return host;
};
