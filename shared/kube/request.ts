import { isFault } from '../base/fault.ts';
import { badRequest } from './faults.ts';
import { pathErrors } from './names.ts';
import { isTrue } from './query.ts';
import { type FieldSelector, parseFieldSelector } from './select/fields.ts';

/** A request as authorization and routing see it, read from method and URL alone (kubernetes-api reference §1.1). */
export interface RequestInfo {
  /** get, list, watch, create, update, patch, delete, deletecollection; the method in lower case for other URLs. */
  readonly verb: string;
  /** Decoded, as it stands in the URL. */
  readonly path: string;
  /** Absent for URLs that name no resource. */
  readonly resource?: ResourceInfo;
}

export interface ResourceInfo {
  readonly group: string;
  readonly version: string;
  /** The plural, as in the URL. */
  readonly plural: string;
  readonly namespace?: string;
  /** From the path; for a list or watch that names one object, from the field selector. */
  readonly name?: string;
  readonly subresource?: string;
  /** What follows the subresource: no route of ours. */
  readonly rest: readonly string[];
  /** True when the namespace stands in the path before the resource. */
  readonly inNamespace: boolean;
  /** True when the name stands in the path. */
  readonly inPath: boolean;
}

/** Throws BadRequest for a path that cannot be decoded. */
export const toRequestInfo = (method: string, url: URL): RequestInfo => {
  const parts = url.pathname
    .split('/')
    .filter(part => part !== '')
    .map(decode);
  const path = `/${parts.join('/')}${parts.length > 0 && url.pathname.endsWith('/') ? '/' : ''}`;
  const place = toPlace(parts);
  if (place === undefined) return { verb: method.toLowerCase(), path };
  const resource = toResource(place);
  return { verb: toVerb(method, resource, place.watch, url), path, resource: withSelectedName(resource, method, url) };
};

interface Place {
  readonly group: string;
  readonly version: string;
  readonly parts: readonly string[];
  /** The deprecated `/watch/` before the resource. */
  readonly watch: boolean;
}

/** `/api/VERSION/…` and `/apis/GROUP/VERSION/…` with at least a resource behind them. */
const toPlace = (parts: readonly string[]): Place | undefined => {
  const [prefix] = parts;
  const start = prefix === 'api' ? 2 : prefix === 'apis' ? 3 : undefined;
  if (start === undefined || parts.length <= start) return undefined;
  const group = prefix === 'api' ? '' : (parts[1] ?? '');
  const version = parts[start - 1] ?? '';
  const watch = parts[start] === 'watch' && parts.length > start + 1;
  return { group, version, watch, parts: parts.slice(watch ? start + 1 : start) };
};

const toResource = ({ group, version, parts }: Place): ResourceInfo => {
  const [first, namespace, next] = parts;
  const nested = first === 'namespaces' && namespace !== undefined && next !== undefined && !ownParts.has(next);
  const [plural = '', name, subresource, ...rest] = nested ? parts.slice(2) : parts;
  const scope = first === 'namespaces' ? namespace : undefined;
  return {
    group,
    version,
    plural,
    rest,
    inNamespace: nested,
    inPath: name !== undefined,
    ...(scope !== undefined && { namespace: scope }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
};

/** What follows a namespace's name and still means the namespace itself. */
const ownParts = new Set(['status', 'finalize']);

const toVerb = (method: string, { name }: ResourceInfo, watch: boolean, url: URL): string => {
  if (watch) return 'watch';
  const verb = verbs[method.toUpperCase()] ?? method.toLowerCase();
  if (name !== undefined) return verb;
  if (verb === 'get') return isTrue(url.searchParams, 'watch') ? 'watch' : 'list';
  return verb === 'delete' ? 'deletecollection' : verb;
};

const verbs: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/**
 * A list or watch of `metadata.name=X` is authorized as one of X, so that rules with resourceNames apply. The selector is read
 * as whoever selects by it reads it: a name that only seems to be asked for would open the whole list.
 */
const withSelectedName = (resource: ResourceInfo, method: string, url: URL): ResourceInfo => {
  if (resource.name !== undefined || !['GET', 'HEAD'].includes(method.toUpperCase())) return resource;
  const wanted = readSelector(url).find(({ field, operator }) => field === 'metadata.name' && operator === '=');
  if (!wanted?.value || pathErrors(wanted.value).length > 0) return resource;
  return { ...resource, name: wanted.value };
};

/** What is no selector names nothing here; who is to serve it says what is wrong with it. */
const readSelector = (url: URL): FieldSelector => {
  try {
    return parseFieldSelector(url.searchParams.get('fieldSelector') ?? '');
  } catch (error) {
    if (isFault(error)) return [];
    throw error;
  }
};

const decode = (part: string): string => {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(part)}`);
  }
};
