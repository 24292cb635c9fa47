import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeviceOptions, SimulatedDevice } from '../../cli/device/device.ts';
import { readKey } from '../../cli/device/keys.ts';
import { openIdentity } from '../../functions/identity/identity.ts';
import { openDoor } from '../../functions/node/door.ts';
import { openFolder } from '../../functions/node/folder.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { Fault } from '../../shared/base/fault.ts';
import { decode, encode } from '../../shared/base/protobuf.ts';
import { createDeviceApp } from '../../shared/device/app.ts';
import { createEscrow } from '../../shared/device/escrow.ts';
import type { Fleet, Member, Newcomer } from '../../shared/device/fleet.ts';
import { deviceState } from '../../shared/device/state.ts';
import { readCertificate } from '../../shared/eve/certs.ts';
import { cipherContext, cipherKey, encryptBlock, toPlaintext } from '../../shared/eve/cipher.ts';
import { createController } from '../../shared/eve/controller.ts';
import type { EncryptionBlock } from '../../shared/eve/generated/common.ts';
import type { EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import type { ZInfoMsg } from '../../shared/eve/generated/info.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { exchangeCertificate } from '../../shared/eve/known.ts';
import { encodeServed } from '../../shared/eve/served.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';
import { createMemoryTelemetry } from '../../shared/telemetry/drivers/memory.ts';

/** A controller made of the device room alone, over real TLS: configs are written by the test. */
export const openRig = async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kubeve-rig-'));
  const ports = systemPorts('silent');
  const identity = openIdentity(openFolder(join(dir, 'pki')), ['127.0.0.1'], ports);
  const store = createMemoryStore(ports);
  const telemetry = createMemoryTelemetry();
  const controller = createController(identity);
  const fleet = createFleet();
  const app = createDeviceApp({
    fleet,
    store,
    marks: store.marks,
    telemetry,
    controller,
    ports,
    escrow: createEscrow(identity.escrow, ports.random),
  });
  const fetch = (request: Request) => app.fetch(request);
  const door = await openDoor({ identity, host: '127.0.0.1', port: 0, fetch, log: ports.log });
  const devices: SimulatedDevice[] = [];
  let version = 0;

  return {
    controller,
    fleet,
    dir,
    identity,
    server: `127.0.0.1:${door.port}`,
    device: (options: Partial<DeviceOptions> = {}): SimulatedDevice => {
      const device = new SimulatedDevice({
        server: `127.0.0.1:${door.port}`,
        rootPem: identity.root.certificatePem,
        onboard: readKey(identity.onboard.certificatePem, identity.onboard.keyPem),
        serial: 'RIG-1',
        ...options,
      });
      devices.push(device);
      return device;
    },
    /** Composes by hand: what is given, on top of the smallest config that keeps a device online. */
    serve: async (uuid: string, config: EdgeDevConfig, seconds = 1_800_000_000 + version): Promise<void> => {
      version += 1;
      const whole: EdgeDevConfig = {
        ...smallest(uuid, version),
        config_timestamp: { seconds },
        controllercert_confighash: controller.confighash,
        ...config,
      };
      const configHash = createHash('sha256')
        .update(encode(eve, 'config.EdgeDevConfig', whole))
        .digest('base64url');
      const answer = controller.seal(encode(eve, 'config.ConfigResponse', { config: whole, configHash }));
      const notes = new Uint8Array();
      const value = encodeServed({ configHash, configTimestampMs: seconds * 1000, version, answer, notes });
      const entry = await store.get('configs', uuid);
      await store.commit('configs', { key: uuid, value, expected: entry?.revision ?? 0 });
    },
    encrypt: async (uuid: string, secrets: EncryptionBlock) => {
      const certificate = exchangeCertificate(await deviceState(store).read(uuid));
      if (!certificate) throw new Error('the device sent no ECDH certificate');
      const pem = Buffer.from(certificate.pem, 'base64');
      const parsed = readCertificate(pem);
      if (!parsed) throw new Error('the ECDH certificate cannot be read');
      const context = cipherContext(Buffer.from(certificate.hash, 'base64'), controller.ecdh.certHash);
      const key = cipherKey(controller.ecdh.key, new X509Certificate(pem).publicKey);
      const block = encryptBlock(key, context.contextId ?? '', toPlaintext(secrets), ports.random.bytes(16));
      return { context, block };
    },
    infos: async (uuid: string): Promise<ZInfoMsg[]> => {
      const out: ZInfoMsg[] = [];
      for await (const { body } of telemetry.read('info', { device: uuid }))
        out.push(decode(eve, 'info.ZInfoMsg', body));
      return out;
    },
    count: async (kind: string, uuid: string, part?: string): Promise<number> => {
      let count = 0;
      for await (const _ of telemetry.read(kind, { device: uuid, ...(part ? { part } : {}) })) count += 1;
      return count;
    },
    known: (uuid: string) => deviceState(store).read(uuid),
    close: async (): Promise<void> => {
      for (const device of devices) device.close();
      await door.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

export type Rig = Awaited<ReturnType<typeof openRig>>;

export const uuidOf = (n: number): string => `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;

/** Everybody may register; members are known by their certificate. */
const createFleet = () => {
  const members = new Map<string, Member>();
  const fleet: Fleet = {
    byCertificate: async hash => [...members.values()].find(member => member.certificateHash === hash),
    byUuid: async uuid => members.get(uuid),
    register: async ({ device, serial }: Newcomer) => {
      if (serial === 'UNKNOWN') throw new Fault('Unauthorized', 'nothing lets this device in');
      const certificate = new X509Certificate(device);
      const certificateHash = createHash('sha256').update(device).digest('hex');
      if ([...members.values()].some(member => member.certificateHash === certificateHash)) return 'known';
      const uuid = uuidOf(members.size + 1);
      members.set(uuid, { uuid, certificateHash, publicKey: certificate.publicKey });
      return 'created';
    },
  };
  return { ...fleet, forget: (uuid: string) => members.delete(uuid) };
};

const smallest = (uuid: string, version: number): EdgeDevConfig => ({
  id: { uuid, version: String(version) },
  deviceIoList: [
    { ptype: 1, phylabel: 'eth0', logicallabel: 'eth0', assigngrp: 'eth0', phyaddrs: { Ifname: 'eth0' }, usage: 1 },
  ],
  networks: [{ id: uuidOf(0xee), type: 4, ip: { dhcp: 4, dhcpRange: {} } }],
  systemAdapterList: [{ name: 'eth0', uplink: true, networkUUID: uuidOf(0xee) }],
  configItems: [],
  reboot: { counter: 0 },
  shutdown: { counter: 0 },
});
