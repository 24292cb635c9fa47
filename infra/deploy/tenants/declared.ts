import type { Tenant } from '../../../functions/tenants/tenant.ts';
import type { DeployFlags } from '../flags.ts';
import { tenantSecrets } from './place.ts';

/** A tenant as a stack serves it. */
export interface Declared extends Tenant {
  /** Where people reach it by name; each with a gateway of its own. */
  readonly kubeHosts: readonly Host[];
  /** Where devices do. */
  readonly eveHosts: readonly Host[];
}

export interface Host {
  readonly name: string;
  /** ARN in ACM. */
  readonly certificate: string;
  /** Of Route 53; '': its record is made by hand. */
  readonly zone: string;
}

type Given = Pick<
  DeployFlags,
  'domain' | 'domainCertificate' | 'deviceDomain' | 'deviceDomainCertificate' | 'zone' | 'mtls'
>;

/** An account has 120 such names in a region at first, and a stack 500 resources: three for each of them. */
const maxHosts = 100;

/** Tenants with what a stack needs to serve them. Throws an Error that says which of them lacks what. */
export const toDeclared = (tenants: readonly Tenant[], stack: string, given: Given): readonly Declared[] => {
  const declared = tenants.map(tenant => toOne(tenant, stack, given));
  const count = declared.reduce((sum, { kubeHosts, eveHosts }) => sum + kubeHosts.length + eveHosts.length, 0);
  if (count > maxHosts)
    throw new Error(
      `tenants have ${count} host names; a stack takes ${maxHosts}: deploy another stage for some of them`,
    );
  return declared;
};

const toOne = (tenant: Tenant, stack: string, given: Given): Declared => {
  const { name, hosts, deviceHosts = [], path, identity, tokenFile, clientCaFile } = tenant;
  const secrets = tenantSecrets(stack, name);
  if (identity !== undefined && identity !== `${secrets}/identity`)
    throw new Error(
      `${name}: the deployment makes its identity, in the secret ${secrets}/identity: leave identity out`,
    );
  if (tokenFile !== undefined)
    throw new Error(
      `${name}: a stack reads no tokenFile: add its rows to tokens.csv in the secret ${secrets}/authority`,
    );
  if (clientCaFile !== undefined)
    throw new Error(`${name}: a stack reads no clientCaFile: gateways trust the tenant's own client authority only`);
  const taken = hosts.find(host => host === given.domain || host === given.deviceDomain);
  if (taken !== undefined) throw new Error(`${name}: '${taken}' is the name of the installation itself`);
  const people = hosts.filter(host => !deviceHosts.includes(host));
  if (people.length === 0 && !path)
    throw new Error(`${name}: nobody reaches its Kubernetes API: give it hosts beside deviceHosts, or leave path true`);
  return {
    ...tenant,
    kubeHosts: people.map(host => toHost(tenant, host, given, given.domainCertificate)),
    eveHosts: deviceHosts.map(host => toHost(tenant, host, given, given.deviceDomainCertificate)),
  };
};

/** With a certificate of its own a tenant has names of its own, whose records are in a zone of its own or made by hand. */
const toHost = ({ name, certificate, zone }: Tenant, host: string, given: Given, usual: string): Host => {
  if (certificate !== undefined) return { name: host, certificate, zone: zone ?? '' };
  if (usual === '')
    throw new Error(
      `${name}: '${host}' needs a certificate in ACM: give the tenant one with certificate, or the installation one that stands for this name too`,
    );
  return { name: host, certificate: usual, zone: zone ?? given.zone };
};
