import { tokenOf } from '../../shared/kube/access/bearer.ts';
import type { PeerEnv } from '../../shared/kube/access/peer.ts';
import type { Fetch } from '../fetch.ts';
import { toPlace } from './place.ts';
import type { Tenant } from './tenant.ts';

export interface SplitParts<T extends Pick<Tenant, 'name' | 'hosts' | 'path'>> {
  readonly tenants: readonly T[];
  /** Whoever is meant where no tenant is. */
  readonly own: Fetch;
  readonly of: (tenant: T) => Fetch;
  /** Who knows nobody: see `openNobody`. */
  readonly nobody: Fetch;
}

/**
 * Gives a request to the tenant that it is meant for: the one whose host name it names, else the one of the path. Whoever asks for
 * one by path without a credential that it knows learns nothing, not even whether it exists: below such a path nothing is open.
 */
export const split = <T extends Pick<Tenant, 'name' | 'hosts' | 'path'>>(parts: SplitParts<T>): Fetch => {
  const { tenants, own, of, nobody } = parts;
  const byHost = new Map(tenants.flatMap(tenant => tenant.hosts.map(host => [host, tenant] as const)));
  const byPath = new Map(tenants.filter(({ path }) => path).map(tenant => [tenant.name, tenant]));
  return (request, env) => {
    const { host, path, rest } = toParts(request);
    const named = byHost.get(host);
    if (named) return of(named)(request, env);
    const place = toPlace(path);
    if (!place) return own(request, env);
    const tenant = byPath.get(place.name);
    const moved = move(request, place.path + rest);
    // Devices know host names alone.
    if (!tenant || !bringsCredential(request, env) || isOfDevices(place.path)) return nobody(moved, env);
    return of(tenant)(moved, env);
  };
};

interface UrlParts {
  /** Without a port, in lower case. */
  readonly host: string;
  readonly path: string;
  /** What follows the path. */
  readonly rest: string;
}

/** Most requests are polls of devices: they are not worth a URL. */
const toParts = ({ url }: Request): UrlParts => {
  const start = url.indexOf('://') + 3;
  const slash = url.indexOf('/', start);
  const host = url.slice(start, slash < 0 ? undefined : slash).toLowerCase();
  const end = slash < 0 ? -1 : url.slice(slash).search(/[?#]/);
  const path = slash < 0 ? '/' : url.slice(slash, end < 0 ? undefined : slash + end);
  return { host: host.replace(/:\d*$/, ''), path, rest: end < 0 ? '' : url.slice(slash + end) };
};

const move = (request: Request, target: string): Request => {
  const { origin } = new URL(request.url);
  return new Request(`${origin}${target}`, request);
};

const bringsCredential = (request: Request, { peer }: PeerEnv): boolean =>
  peer?.certificate !== undefined || tokenOf(request) !== undefined;

const isOfDevices = (path: string): boolean => /^\/api\/v[12]\/edge[dD]evice(\/|$)/.test(path);
