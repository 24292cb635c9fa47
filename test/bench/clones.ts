import { randomBytes, randomUUID } from 'node:crypto';
import { toHex } from '../../shared/base/bytes.ts';
import type { ApiObject } from '../../shared/base/object.ts';
import type { ResourceType } from '../../shared/kube/resource.ts';
import type { Kept } from '../../shared/store/movable.ts';

/** A registered device as a store holds it: in three types, each entry under its type. */
export interface Registered {
  /** Its serial number as it stands in its certificate. */
  readonly serial: Uint8Array;
  readonly device: Kept;
  readonly deviceConfig: Kept;
  readonly config: Kept;
}

interface Types {
  readonly device: ResourceType;
  readonly deviceConfig: ResourceType;
}

/**
 * Another device like one that is registered: name, UUIDs and certificate are its own, and so are its index terms. Nobody
 * has signed its certificate and its configuration: it stands in the store and does not call. `revision`: of its entries.
 */
export const cloneDevice = (like: Registered, types: Types, name: string, revision: number): Registered => {
  const [uid, serial] = [randomUUID(), randomBytes(like.serial.length)];
  // The first byte stays: it is neither negative nor zero.
  serial.set(like.serial.subarray(0, 1));
  const first = parse(like.device);
  const former = { name: first.metadata.name, uid: first.metadata.uid ?? '', uuid: String(first.status?.['uuid']) };
  const rename = (text: string): string =>
    text.replaceAll(former.uuid, uid).replaceAll(former.uid, uid).replaceAll(former.name, name);
  const device: ApiObject = JSON.parse(rename(JSON.stringify(first)));
  device.spec = { ...device.spec, certificate: withSerial(String(first.spec?.['certificate']), like.serial, serial) };
  const shown: ApiObject = JSON.parse(rename(JSON.stringify(parse(like.deviceConfig))));
  shown.metadata.uid = randomUUID();
  const namespace = device.metadata.namespace ?? '';
  // Bytes of their own, as the registry writes them: what is cut from a slab keeps all of it in memory.
  const keep = (object: ApiObject, type: ResourceType): Kept => ({
    key: `${namespace}/${name}`,
    value: new TextEncoder().encode(JSON.stringify(object)),
    revision,
    terms: type.terms?.(object) ?? [],
  });
  return {
    serial,
    device: keep(device, types.device),
    deviceConfig: keep(shown, types.deviceConfig),
    config: { key: uid, value: new Uint8Array(like.config.value), revision, terms: like.config.terms.map(rename) },
  };
};

// Written by the registry.
const parse = ({ value }: Kept): ApiObject => JSON.parse(Buffer.from(value).toString()) as ApiObject;

/** A PEM in base64 with another serial number of the same length. */
const withSerial = (text: string, former: Uint8Array, serial: Uint8Array): string => {
  const pem = Buffer.from(text, 'base64').toString();
  const [head = '', body = '', foot = ''] = pem.split(/(?<=-----)\n|\n(?=-----END)/);
  const der = Buffer.from(body, 'base64').toString('hex').replace(toHex(former), toHex(serial));
  const lines =
    Buffer.from(der, 'hex')
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return Buffer.from(`${[head, ...lines, foot].join('\n')}`).toString('base64');
};
