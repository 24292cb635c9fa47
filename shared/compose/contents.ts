import { delay } from '../base/delay.ts';
import { isFault } from '../base/fault.ts';
import type { ApiObject, JsonMap, ObjectRef } from '../base/object.ts';
import type { Log } from '../base/ports.ts';
import type { ZInfoContentTree } from '../eve/generated/info.ts';
import type { User } from '../kube/access/user.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { ResourceType } from '../kube/resource.ts';
import type { Recorder } from './recorder.ts';
import { maxDevices, reflectContent } from './reflect/content.ts';
import { errorText } from './reflect/errors.ts';
import { freshErrors } from './reflect/happenings.ts';
import { isPassing } from './uptake.ts';
import { writeStatus } from './writestatus.ts';

export interface ContentsParts {
  readonly registry: Registry;
  readonly user: User;
  readonly recorder: Recorder;
  readonly log: Log;
}

/**
 * What devices say of the content that they download. All of them may download one Image, and each says how far it is again
 * and again: what was said is gathered, and an Image is written once for all of it.
 */
export interface Contents {
  /** Takes down what a device says. It is written within a second, by `flush` at the latest. */
  note(device: ObjectRef, info: ZInfoContentTree): void;
  /**
   * Writes what was noted before. Rejects when some of it could not be written at the moment; the next call tries that again.
   * What is refused is left out.
   */
  flush(): Promise<void>;
}

/** Between two writes of what was said. */
const gatherMs = 1_000;
/** The longest pause before it is tried again; after it, whoever reports next tries. */
const maxWaitMs = 32_000;

/** By the name of the device. The one that said something last comes last. */
type Said = Map<string, ZInfoContentTree>;

export const createContents = (parts: ContentsParts): Contents => {
  /** By namespace and UUID of the content. */
  let noted = new Map<string, Said>();
  let isDue = false;
  let last: Promise<void> = Promise.resolve();

  const add = (key: string, name: string, info: ZInfoContentTree): void => {
    const said = noted.get(key) ?? new Map();
    noted.set(key, said);
    said.delete(name);
    said.set(name, info);
  };

  const writeAll = async (): Promise<void> => {
    const taken = noted;
    noted = new Map();
    const failures: unknown[] = [];
    for (const [key, said] of taken) {
      try {
        await write(parts, key, said);
      } catch (error) {
        // As with every other report: what may not be written must not stop the reports behind it.
        if (isFault(error) && !isPassing(error)) {
          parts.log.warn('reports: a report was not taken up', { content: key, error: error.message });
          continue;
        }
        failures.push(error);
        const later = noted.get(key);
        noted.set(key, new Map([...said, ...(later ?? [])]));
      }
    }
    if (failures.length > 0) throw failures[0];
  };

  const flush = (): Promise<void> => {
    last = last.catch(() => undefined).then(writeAll);
    return last;
  };

  const flushSoon = async (): Promise<void> => {
    if (isDue) return;
    isDue = true;
    for (let waitMs = gatherMs, isDone = false; !isDone && waitMs <= maxWaitMs; waitMs *= 2) {
      await delay(waitMs);
      isDone = await flush().then(
        () => true,
        () => false,
      );
      if (!isDone) parts.log.warn('reports: the status of Images is written later', { waitMs });
    }
    isDue = false;
  };

  return {
    note({ namespace = '', name }, info) {
      const uuid = info.uuid?.toLowerCase() ?? '';
      // Only the id: the device has it no longer.
      if (uuid === '' || (!info.state && !info.displayName)) return;
      add(`${namespace}/${uuid}`, name, info);
      void flushSoon();
    },
    flush,
  };
};

const write = async (parts: ContentsParts, key: string, said: Said): Promise<void> => {
  const [namespace, uuid] = key.split('/');
  const { registry, recorder } = parts;
  const type = registry.catalog.get('eve.lfedge.org', 'images');
  const images = await registry.findByTerm(type, `content=${uuid}`);
  const image =
    images.find(({ metadata }) => metadata.namespace === namespace) ??
    (await findMended(registry, type, namespace, said));
  if (!image) return;
  let whole: JsonMap = {};
  const written = await writeStatus(parts, 'images', image, status => {
    whole = telling(said).reduce((now, [device, info]) => reflectContent(now, info, device), status);
    return latest(whole);
  });
  if (!written) return;
  for (const happening of freshErrors(written.before, whole)) await recorder.record(written.after, happening);
};

/** The Image of content that took the place of what devices could not have, under the UUID of that: known by name and digest. */
const findMended = async (
  registry: Registry,
  type: ResourceType,
  namespace: string | undefined,
  said: Said,
): Promise<ApiObject | undefined> => {
  const [{ displayName: name = '', sha256 = '' } = {}] = said.values();
  if (sha256 === '' || name === '' || name.length > 253) return undefined;
  const image = await registry.find(type, { namespace, name });
  return String(image?.spec?.['sha256'] ?? '').toLowerCase() === sha256.toLowerCase() ? image : undefined;
};

/** Those that will be shown, and those before them that have an error to tell; so many that it is no work that grows with a fleet. */
const telling = (said: Said): [string, ZInfoContentTree][] => {
  const shownFrom = said.size - maxDevices;
  return [...said]
    .filter(([, info], at) => at >= shownFrom || errorText(info.err) !== undefined)
    .slice(-4 * maxDevices);
};

/** With the devices that said something last. */
const latest = (status: JsonMap): JsonMap => {
  const { devices } = status;
  return Array.isArray(devices) ? { ...status, devices: devices.slice(-maxDevices) } : status;
};
