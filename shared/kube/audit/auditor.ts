import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseJson } from '../../base/json.ts';
import type { ApiObject, JsonMap } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import type { Clock, Log } from '../../base/ports.ts';
import { parseYaml } from '../../base/yaml.ts';
import type { User } from '../access/user.ts';
import { maxBodyBytes, readBytes } from '../handlers/read.ts';
import type { RequestInfo, ResourceInfo } from '../request.ts';
import { decodeProtobuf } from '../wire/protobuf.ts';
import type { AuditEvent, AuditUser, ObjectRef, Stage } from './event.ts';
import type { AuditPolicy } from './policy.ts';

/** Records requests as a policy wants it. */
export interface Auditor {
  /** Begins the record of a request; undefined when nothing is to be recorded of it. */
  begin(received: Received): Trail | undefined;
  /** Resolves when everything that ended so far is written. */
  drain(): Promise<void>;
}

export interface Received {
  readonly auditId: string;
  readonly request: Request;
  readonly url: URL;
  readonly info: RequestInfo;
  /** Absent: authentication failed. */
  readonly user?: User;
  readonly remoteAddress?: string;
}

/** The record of one request. */
export interface Trail {
  impersonated(user: User): void;
  /** Of two notes of one key the first stays, as upstream has it. */
  annotate(key: string, value: string): void;
  /** What the request turned out to be about: the object that it made. */
  concerns(object: ApiObject): void;
  /** The answer is on its way, and goes on for long. */
  started(response: Response): void;
  /** The answer is complete, or was begun and is complete now. `status`: what went wrong. */
  completed(response: Response, status?: JsonMap): void;
}

export interface AuditorParts {
  readonly policy: AuditPolicy;
  readonly write: (event: AuditEvent) => void;
  readonly clock: Clock;
  readonly log: Log;
}

export const createAuditor = (parts: AuditorParts): Auditor => {
  const pending = new Set<Promise<void>>();
  const later = (work: Promise<void>): void => {
    const done = work
      .catch((error: unknown) => parts.log.error('a request could not be recorded', { error }))
      .finally(() => pending.delete(done));
    pending.add(done);
  };
  return {
    begin: received => begin(parts, received, later),
    async drain() {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
};

const begin = (parts: AuditorParts, received: Received, later: (work: Promise<void>) => void): Trail | undefined => {
  const { info, user, request } = received;
  const wanted = parts.policy(user, info);
  if (wanted.level === 'None') return undefined;
  const isSecret = holdsSecrets(info.resource);
  const level = isSecret ? 'Metadata' : wanted.level;
  // What is sent elsewhere than to a resource may hold Secrets, as a preview does: nobody looks into that.
  const wantsBody = info.resource !== undefined && (level === 'Request' || level === 'RequestResponse');
  const body = wantsBody && request.body ? listen(request) : undefined;
  const head = { ...toHead(received), level, requestReceivedTimestamp: toMicroTime(parts.clock.now()) };
  const notes: Record<string, string> = {};
  let impersonatedUser: AuditUser | undefined;
  let objectRef = info.resource && toObjectRef(info.resource);

  const write = (stage: Stage, more: Partial<AuditEvent> = {}): void => {
    if (wanted.omitStages.includes(stage)) return;
    parts.write({
      ...head,
      stage,
      ...(impersonatedUser && { impersonatedUser }),
      ...(objectRef && { objectRef }),
      ...more,
      stageTimestamp: toMicroTime(parts.clock.now()),
      ...(Object.keys(notes).length > 0 && { annotations: { ...notes } }),
    });
  };
  const toShown = (value: unknown): unknown => (wanted.omitManagedFields ? withoutManagedFields(value) : value);
  const withBodies = async (response: Response, answer: Response | undefined, status: JsonMap): Promise<void> => {
    const requestObject = response.status === 401 || response.status === 403 ? undefined : await body;
    const responseObject = answer && (await readAnswer(answer));
    write('ResponseComplete', {
      responseStatus: status,
      ...(requestObject !== undefined && { requestObject: toShown(requestObject) }),
      ...(responseObject !== undefined && { responseObject: toShown(responseObject) }),
    });
  };

  write('RequestReceived');
  return {
    impersonated(as) {
      impersonatedUser = toUser(as);
    },
    annotate(key, value) {
      if (Object.hasOwn(notes, key)) return;
      Object.defineProperty(notes, key, { value, enumerable: true, configurable: true, writable: true });
    },
    concerns({ metadata: { name, namespace, uid, resourceVersion } }) {
      objectRef = {
        ...objectRef,
        ...(namespace && { namespace }),
        name,
        ...(uid && { uid }),
        ...(resourceVersion && { resourceVersion }),
      };
    },
    started: response => write('ResponseStarted', { responseStatus: { metadata: {}, code: response.status } }),
    completed(response, status) {
      const shown = toShownStatus(response, status, isSecret);
      // Who was not known has no answer to speak of; so it is upstream.
      if (user === undefined) return write('ResponseStarted', { responseStatus: shown });
      if (!wantsBody) return write('ResponseComplete', { responseStatus: shown });
      const isWhole = level === 'RequestResponse' && info.verb !== 'watch' && response.body !== null;
      later(withBodies(response, isWhole ? response.clone() : undefined, shown));
    },
  };
};

/** Bodies of these are never recorded, whatever a policy wants: they hold what must stay secret. */
const holdsSecrets = (resource: ResourceInfo | undefined): boolean => {
  if (resource === undefined) return false;
  const { group, plural, subresource } = resource;
  if (group === '') return plural === 'secrets' || (plural === 'serviceaccounts' && subresource === 'token');
  return group === 'authentication.k8s.io' && plural === 'tokenreviews';
};

/** The message of a refused Secret may quote it. */
const toShownStatus = (response: Response, status: JsonMap | undefined, isSecret: boolean): JsonMap => {
  if (status === undefined) return { metadata: {}, code: response.status };
  const { kind: _, apiVersion: __, message, details, ...rest } = status;
  return isSecret && response.status !== 403 && response.status !== 404
    ? rest
    : { ...rest, ...(message !== undefined && { message }), ...(details !== undefined && { details }) };
};

const toHead = ({ auditId, request, url, info, user, remoteAddress }: Received) => {
  const userAgent = request.headers.get('user-agent');
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    auditID: auditId,
    requestURI: url.pathname + url.search,
    verb: info.verb,
    user: user ? toUser(user) : {},
    ...(remoteAddress !== undefined && { sourceIPs: [remoteAddress] }),
    ...(userAgent !== null && { userAgent }),
  } as const;
};

const toUser = ({ name, uid, groups, extra }: User): AuditUser => ({
  username: name,
  ...(uid && { uid }),
  groups,
  ...(extra && { extra }),
});

const toObjectRef = ({ group, version, plural, namespace, name, subresource }: ResourceInfo): ObjectRef => ({
  resource: plural,
  ...(namespace !== undefined && { namespace }),
  ...(name !== undefined && { name }),
  ...(group !== '' && { apiGroup: group }),
  apiVersion: version,
  ...(subresource !== undefined && { subresource }),
});

/** The body as it passes by; undefined when it is too large or no object. */
const listen = async (request: Request): Promise<unknown> => {
  const type = request.headers.get('content-type') ?? '';
  try {
    const bytes = await readBytes(request.clone());
    if (bytes.length === 0) return undefined;
    if (type.includes('protobuf')) return decodeProtobuf(bytes);
    return type.includes('yaml') ? parseYaml(bytes) : parseJson(bytes);
  } catch {
    // Whoever serves the request says what is wrong with its body.
    return undefined;
  }
};

const readAnswer = async (answer: Response): Promise<unknown> => {
  if (!answer.headers.get('content-type')?.includes('json')) return undefined;
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const isPacked = answer.headers.get('content-encoding') === 'gzip';
  const text = isPacked ? await unpack(bytes, { maxOutputLength: 16 * maxBodyBytes }) : bytes;
  return parseJson(text);
};

const unpack = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(gunzip);

/** An object or a list without the record of who manages which field. */
const withoutManagedFields = (value: unknown): unknown => {
  if (!isMap(value)) return value;
  const { metadata, items } = value;
  return {
    ...value,
    ...(isMap(metadata) && { metadata: { ...metadata, managedFields: undefined } }),
    ...(Array.isArray(items) && { items: items.map(withoutManagedFields) }),
  };
};

const toMicroTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');
