import { generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { encode } from '../../shared/base/protobuf.ts';
import { sealEnvelope } from '../../shared/eve/envelope.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { issueCertificate } from '../../shared/pki/issue.ts';
import type { Kube } from './kube.ts';
import { post, type Target } from './wire.ts';

export const namespace = 'bench';

/** A registered device, as the load needs it: its signed requests are made once and sent many times. */
export interface BenchDevice {
  readonly name: string;
  readonly uuid: string;
  readonly key: KeyObject;
  readonly der: Uint8Array;
}

/** One key serves all bench devices; their certificates differ, and with them their identity. */
const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Registers devices by their certificates until there are `count`, 64 at a time. */
export const register = async (
  kube: Kube,
  had: readonly BenchDevice[],
  count: number,
  progress: (done: number) => void,
): Promise<BenchDevice[]> => {
  const devices = [...had];
  let next = devices.length;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      devices[index] = await registerOne(kube, index);
      progress(index + 1);
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  return devices;
};

const registerOne = async (kube: Kube, index: number): Promise<BenchDevice> => {
  const name = `device-${String(index).padStart(5, '0')}`;
  const pem = issueCertificate(
    {
      subject: [['CN', 'EVE']],
      publicKey: key,
      serial: randomBytes(16),
      notBefore: Date.now() - 86_400_000,
      notAfter: Date.now() + 86_400_000,
    },
    { key },
  );
  const device = await kube.create<{ status: { uuid: string } }>(
    `/apis/eve.lfedge.org/v1beta1/namespaces/${namespace}/devices`,
    {
      apiVersion: 'eve.lfedge.org/v1beta1',
      kind: 'Device',
      metadata: { name, namespace, labels: { 'bench/group': `g${index % 10}` } },
      spec: { certificate: Buffer.from(pem).toString('base64') },
    },
  );
  return { name, uuid: device.status.uuid, key, der: new X509Certificate(pem).raw };
};

/** A signed POST of the device to its own endpoint. */
export const devicePost = (target: Target, device: BenchDevice, endpoint: string, payload: Uint8Array): Buffer =>
  post(
    target,
    `/api/v2/edgedevice/id/${device.uuid}/${endpoint}`,
    sealEnvelope(payload, { key: device.key, certificate: device.der }),
  );

export const configRequest = (target: Target, device: BenchDevice, configHash: string): Buffer =>
  devicePost(target, device, 'config', encode(eve, 'config.ConfigRequest', { configHash }));
