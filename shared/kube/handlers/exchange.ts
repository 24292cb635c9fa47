import type { ApiObject, ObjectRef } from '../../base/object.ts';
import type { Ports } from '../../base/ports.ts';
import type { User } from '../access/user.ts';
import { badRequest } from '../faults.ts';
import type { Registry, WriteOptions } from '../registry/registry.ts';
import type { RequestInfo, ResourceInfo } from '../request.ts';
import type { ResourceType } from '../resource.ts';
import { maxManagerLength, type WriteQuery } from './options/write.ts';

/** One request for a resource, authenticated, authorized and routed; what every handler works on. */
export interface Exchange extends Ports {
  readonly registry: Registry;
  readonly request: Request;
  readonly url: URL;
  readonly info: RequestInfo;
  readonly resource: ResourceInfo;
  readonly type: ResourceType;
  readonly user: User;
  /** Texts for `Warning` headers of the answer, each once. */
  readonly warnings: Set<string>;
  /** Aborts when the server is about to close. */
  readonly closing?: AbortSignal;
  /** For how many milliseconds an answer may go on. */
  readonly leftMs?: number;
  /** Told which object the request made, for the record. */
  readonly made?: (object: ApiObject) => void;
  /** Told what the record of the request should say besides. */
  readonly annotate?: (key: string, value: string) => void;
  /** Told when an answer that goes on for long is over. */
  readonly ended?: () => void;
  /** Throws Forbidden unless the user may also do this to the same resource: for a PUT that creates. */
  readonly allow: (verb: string) => Promise<void>;
}

export type Handler = (exchange: Exchange) => Promise<Response>;

/** The object that the URL names. */
export const toRef = ({ type, resource }: Exchange): ObjectRef => {
  if (resource.name === undefined) throw badRequest('name must be provided');
  return type.scope === 'Cluster' ? { name: resource.name } : { namespace: resource.namespace, name: resource.name };
};

/** The namespace that the URL names; undefined for cluster-scoped types and lists across all namespaces. */
export const toNamespace = ({ type, resource }: Exchange): string | undefined =>
  type.scope === 'Cluster' ? undefined : resource.namespace;

export const toWriteOptions = (
  exchange: Exchange,
  query: Pick<WriteQuery, 'dryRun' | 'fieldManager' | 'asked'>,
): WriteOptions => ({
  user: exchange.user,
  dryRun: query.dryRun,
  asked: query.asked,
  fieldManager: query.fieldManager ?? toManager(exchange.request.headers.get('user-agent') ?? ''),
  warn: text => exchange.warnings.add(text),
  ...(exchange.annotate && { annotate: exchange.annotate }),
});

/** A client that does not say under which name it writes goes by the first word of its User-Agent. */
const toManager = (userAgent: string): string => {
  const printable = [...(userAgent.split('/')[0] ?? '')].filter(character =>
    /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character),
  );
  return printable.slice(0, maxManagerLength).join('') || 'unknown';
};
