import type { KeyObject } from 'node:crypto';
import { X509Certificate } from 'node:crypto';
import { parseCertificate } from '../base/certificate.ts';
import { parseJson } from '../base/json.ts';
import { type ApiObject, toKey } from '../base/object.ts';
import { once } from '../base/once.ts';
import { isMap } from '../base/own.ts';
import type { Ports } from '../base/ports.ts';
import type { Fleet, Member } from '../device/fleet.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { Store } from '../store/store.ts';
import { certificateOf, identityOf } from './enrol/identity.ts';
import { enrol } from './enrol/register.ts';
import { createFindSponsor, type FindSponsor } from './enrol/sponsor.ts';

export interface EnrolParts extends Pick<Ports, 'clock' | 'log'> {
  readonly registry: Registry;
  readonly store: Store;
  readonly findSponsor: FindSponsor;
}

export interface FleetParts extends Omit<EnrolParts, 'registry' | 'findSponsor'> {
  /** Where newcomers are written down; asked for when the first one comes, because most requests get on without. */
  readonly registry: () => Promise<Registry>;
}

/** Store type of Devices. */
const devices = 'objects/eve.lfedge.org/devices';

/**
 * The devices that the Device objects declare. Every answer is read from the store as it is now; only what follows from the
 * bytes of one object, or of one certificate, is remembered.
 */
export const createFleet = (parts: FleetParts): Fleet => {
  const { store } = parts;

  const find = async (term: string): Promise<Found[]> => {
    const entries = await store.findEntries(devices, term);
    return entries.flatMap(({ value }) => readFound(value));
  };

  const open = once(async () => {
    const registry = await parts.registry();
    return { registry, findSponsor: createFindSponsor(registry, store) };
  });

  return {
    async byCertificate(hash) {
      const found = await find(`certificate=${hash}`);
      return eldest(found.filter(({ member }) => member.certificateHash === hash))?.member;
    },
    async byUuid(uuid) {
      return eldest(await find(`uuid=${uuid}`))?.member;
    },
    async register(newcomer) {
      const { registry, findSponsor } = await open();
      const type = registry.catalog.get('eve.lfedge.org', 'devices');
      return enrol({ ...parts, registry, findSponsor }, type, newcomer);
    },
  };
};

interface Found {
  readonly member: Member;
  readonly registered: boolean;
  readonly createdAt: string;
  readonly uid: string;
}

/**
 * Two Devices may claim one certificate. The one that registered with it has it, else the elder: whoever copies another
 * Device's certificate gets nothing by it.
 */
const eldest = (found: readonly Found[]): Found | undefined =>
  found.length < 2 ? found[0] : [...found].sort((a, b) => rank(a).localeCompare(rank(b)))[0];

const rank = ({ registered, createdAt, uid }: Found): string => `${registered ? 0 : 1} ${createdAt} ${uid}`;

/** By the identity of the stored bytes, which are never changed. */
const known = new WeakMap<Uint8Array, Found | undefined>();

const readFound = (value: Uint8Array): Found[] => {
  if (!known.has(value)) known.set(value, toFound(parseJson(value)));
  const found = known.get(value);
  return found ? [found] : [];
};

const toFound = (stored: unknown): Found | undefined => {
  const device = stored as ApiObject; // the registry writes nothing else there
  const identity = identityOf(device);
  const text = certificateOf(identity);
  const certificate = text === undefined ? undefined : parseCertificate(text);
  const publicKey = certificate && keyOf(certificate.hash, certificate.der);
  if (!certificate || !publicKey) return undefined;
  const spec = isMap(device.spec) ? device.spec : {};
  const { manufacturer, productName } = spec;
  return {
    member: {
      uuid: identity.uuid,
      certificateHash: certificate.hash,
      publicKey,
      key: toKey(device.metadata),
      ...(typeof manufacturer === 'string' ? { manufacturer } : {}),
      ...(typeof productName === 'string' ? { productName } : {}),
    },
    registered: identity.registration !== undefined,
    createdAt: device.metadata.creationTimestamp ?? '',
    uid: device.metadata.uid ?? '',
  };
};

const keys = new Map<string, KeyObject>();
/** Some kilobytes each. */
const maxKeys = 20_000;

const keyOf = (hash: string, der: Uint8Array): KeyObject | undefined => {
  const cached = keys.get(hash);
  if (cached) return cached;
  try {
    const { publicKey } = new X509Certificate(der);
    if (keys.size >= maxKeys) keys.clear();
    keys.set(hash, publicKey);
    return publicKey;
  } catch {
    return undefined;
  }
};
