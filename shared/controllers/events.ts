import { createHash } from 'node:crypto';
import { toTime } from '../base/condition.ts';
import { isFault } from '../base/fault.ts';
import type { ApiObject } from '../base/object.ts';
import type { Clock, Log } from '../base/ports.ts';
import { controllerUser } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';

/** Something that happened to an object, for people: `kubectl describe` shows it. */
export interface Happening {
  readonly type: 'Normal' | 'Warning';
  /** One CamelCase word. */
  readonly reason: string;
  readonly message: string;
}

export interface Recorder {
  /**
   * Writes a core/v1 Event about an object. The same happening again raises `count` and `lastTimestamp` of the same Event. It
   * never fails: an Event that cannot be written is logged and forgotten.
   */
  record(object: ApiObject, happening: Happening): Promise<void>;
}

export interface RecorderParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  /** Who tells: `kubeve-scheduler`. */
  readonly component: string;
}

/** A message longer than this is cut: Events are for people. */
const maxMessage = 1024;
/** The same happening is written down again only after so long: a loop that fails fast must not turn into a storm of writes. */
const quietMs = 1_000;
/** Happenings whose last writing is remembered. */
const maxRemembered = 4_096;

export const createRecorder = (parts: RecorderParts): Recorder => {
  const written = new Map<string, number>();
  return {
    async record(object, happening) {
      const name = nameOf(parts, object, happening);
      const now = parts.clock.now();
      const last = written.get(name);
      if (last !== undefined && now - last < quietMs) return;
      remember(written, name, now);
      try {
        await write(parts, object, happening, name, now);
      } catch (error) {
        // A namespace that is going or gone takes no Events.
        if (isFault(error, 'Forbidden') || isFault(error, 'NotFound')) return;
        parts.log.warn('An Event could not be written', { name, reason: happening.reason, error: String(error) });
      }
    },
  };
};

const remember = (written: Map<string, number>, name: string, now: number): void => {
  written.delete(name);
  written.set(name, now);
  for (const oldest of written.keys()) {
    if (written.size <= maxRemembered) break;
    written.delete(oldest);
  }
};

/** The same for the same happening to the same object, so that a repetition finds its Event. */
const nameOf = (
  { component }: RecorderParts,
  { metadata }: ApiObject,
  { type, reason, message }: Happening,
): string => {
  const identity = JSON.stringify([metadata.uid, component, type, reason, message]);
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return `${metadata.name
    .replaceAll(/[^a-z0-9.-]/g, '-')
    .slice(0, 236)
    .replace(/[.-]+$/, '')}.${hash}`;
};

const write = async (
  { registry, component }: RecorderParts,
  object: ApiObject,
  { type, reason, message }: Happening,
  name: string,
  now: number,
): Promise<void> => {
  const { metadata } = object;
  const time = toTime(now);
  const namespace = metadata.namespace || 'default';
  const fresh: ApiObject = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace },
    involvedObject: {
      apiVersion: object.apiVersion,
      kind: object.kind,
      ...(metadata.namespace && { namespace: metadata.namespace }),
      name: metadata.name,
      ...(metadata.uid && { uid: metadata.uid }),
      ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }),
    },
    type,
    reason,
    message: message.length > maxMessage ? `${message.slice(0, maxMessage - 1)}…` : message,
    source: { component },
    reportingComponent: component,
    reportingInstance: '',
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
  await registry.update(
    registry.catalog.get('', 'events'),
    { namespace, name },
    current => (current === fresh ? fresh : { ...current, lastTimestamp: time, count: countOf(current) + 1 }),
    { user: controllerUser, createFrom: fresh },
  );
};

const countOf = (event: ApiObject): number => (typeof event['count'] === 'number' ? event['count'] : 0);
