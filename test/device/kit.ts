import { createHash, generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { encode } from '../../shared/base/protobuf.ts';
import { createDeviceApp } from '../../shared/device/app.ts';
import { createEscrow } from '../../shared/device/escrow.ts';
import type { Fleet, Member, Newcomer, Registration } from '../../shared/device/fleet.ts';
import type { Room } from '../../shared/device/room.ts';
import { type Controller, createController } from '../../shared/eve/controller.ts';
import { sealEnvelope } from '../../shared/eve/envelope.ts';
import { type EveMessages, eve } from '../../shared/eve/generated/table.ts';
import { issueCertificate } from '../../shared/pki/issue.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createMemoryTelemetry } from '../../shared/telemetry/drivers/memory.ts';
import type { StoredRecord } from '../../shared/telemetry/telemetry.ts';
import { createTestPorts } from '../support/ports.ts';

/** A key with a certificate over it, self-signed unless there is an issuer. */
export interface Pair {
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  readonly certificatePem: string;
  readonly certificate: X509Certificate;
  readonly der: Uint8Array;
  readonly hash: string;
}

let serial = 1;

export const makePair = (name: string, issuer?: Pair, options: { authority?: boolean; curve?: string } = {}): Pair => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: options.curve ?? 'P-256' });
  const certificatePem = issueCertificate(
    {
      subject: [['CN', name]],
      publicKey,
      serial: Uint8Array.of(1, serial++ & 0xff, serial >> 8),
      notBefore: Date.parse('2020-01-01T00:00:00Z'),
      notAfter: Date.parse('2049-01-01T00:00:00Z'),
      ...(options.authority ? { authority: {} } : {}),
    },
    issuer ? { certificate: issuer.certificate, key: issuer.key } : { key: privateKey },
  );
  const certificate = new X509Certificate(certificatePem);
  const der = new Uint8Array(certificate.raw);
  const hash = createHash('sha256').update(der).digest('hex');
  return { key: privateKey, publicKey, certificatePem, certificate, der, hash };
};

export const makeController = (): { controller: Controller; signing: Pair; ecdh: Pair; root: Pair } => {
  const root = makePair('root', undefined, { authority: true });
  const signing = makePair('signing', root);
  const ecdh = makePair('ecdh', root);
  return { controller: createController({ signing, ecdh }), signing, ecdh, root };
};

/** What a device sends: the message in an envelope that is signed by the pair. */
export const signed = <K extends keyof EveMessages>(pair: Pair, name: K, message: EveMessages[K]): Uint8Array =>
  seal(pair, encode(eve, name, message));

export const seal = (pair: Pair, payload: Uint8Array): Uint8Array =>
  sealEnvelope(payload, { key: pair.key, certificate: pair.der });

export const registration = (onboard: Pair, device: Pair, serial = 'S1', softSerial = ''): Uint8Array => {
  const pemCert = Buffer.from(Buffer.from(device.certificatePem).toString('base64'));
  return sealEnvelope(encode(eve, 'register.ZRegisterMsg', { pemCert, serial, softSerial }), {
    key: onboard.key,
    certificate: onboard.der,
    senderCert: Buffer.from(Buffer.from(onboard.certificatePem).toString('base64')),
  });
};

export const uuidA = '11111111-1111-4111-8111-111111111111';
export const uuidB = '22222222-2222-4222-8222-222222222222';

/** A device API over memory, with a fleet that a test fills. */
export const makeRoom = (changes: Partial<Room> = {}) => {
  const ports = createTestPorts();
  const store = createMemoryStore({ clock: ports.clock });
  const members: Member[] = [];
  const newcomers: Newcomer[] = [];
  const decisions: Registration[] = [];
  const fleet: Fleet = {
    byCertificate: async hash => members.find(member => member.certificateHash === hash),
    byUuid: async uuid => members.find(member => member.uuid === uuid),
    async register(newcomer) {
      newcomers.push(newcomer);
      return decisions.shift() ?? 'created';
    },
  };
  const identity = makeController();
  const telemetry = createMemoryTelemetry();
  const { controller } = identity;
  const escrow = createEscrow(new Uint8Array(32), ports.random);
  const room: Room = { fleet, store, marks: store.marks, telemetry, controller, ports, escrow, ...changes };
  const app = createDeviceApp(room);
  const join = (pair: Pair, uuid: string, more: Partial<Member> = {}) => {
    members.push({ uuid, certificateHash: pair.hash, publicKey: pair.publicKey, ...more });
  };
  const post = async (path: string, body: Uint8Array = new Uint8Array(), headers: Record<string, string> = {}) =>
    app.request(`/api/v2/edgedevice${path}`, { method: 'POST', body: Buffer.from(body), headers });
  const kept = async (kind: string): Promise<StoredRecord[]> => {
    const records: StoredRecord[] = [];
    for await (const record of telemetry.read(kind, {})) records.push(record);
    return records;
  };
  return { ...identity, app, room, ports, store, telemetry, members, newcomers, decisions, join, post, kept };
};
