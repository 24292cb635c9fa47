import { randomUUID } from 'node:crypto';
import { decode, encode } from '../../shared/base/protobuf.ts';
import type { ZAttestReq, ZAttestResponse } from '../../shared/eve/generated/attest.ts';
import type { ConfigResponse } from '../../shared/eve/generated/config.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import type { UuidResponse } from '../../shared/eve/generated/uuid.ts';
import { CertificateMiss, Complaint } from './complaint.ts';
import { base64Text, open, seal } from './envelope.ts';
import type { DeviceKey } from './keys.ts';
import type { Answer, Transport } from './transport.ts';
import { type Trust, toTrust } from './trust.ts';

/** One device's conversation with its controller: the requests of the API, each sealed, checked and opened. */
export interface Session {
  readonly trust: Trust | undefined;
  /** 200 or throws. */
  ping(): Promise<void>;
  /** Reads `/certs` anew and checks it. */
  certs(): Promise<Trust>;
  /** The status; EVE goes on to `uuid` whatever it is. */
  register(onboard: DeviceKey, serial: string, softSerial: string): Promise<number>;
  uuid(): Promise<Opened<UuidResponse>>;
  config(uuid: string, configHash: string, integrityToken: Uint8Array): Promise<Opened<ConfigResponse>>;
  attest(uuid: string, request: ZAttestReq): Promise<Opened<ZAttestResponse>>;
  /** Sends what is not answered with a message: info, metrics, newlogs, … `path` is below the device. */
  post(uuid: string, path: string, payload: Uint8Array): Promise<Answer>;
}

export interface Opened<T> {
  readonly status: number;
  /** With 200 and 201 only. */
  readonly message?: T;
}

export interface SessionOptions {
  readonly transport: Transport;
  readonly rootPem: string;
  readonly device: DeviceKey;
  readonly serial: string;
  readonly softSerial?: string;
}

export const openSession = (options: SessionOptions): Session => {
  const { transport, rootPem, device } = options;
  let trust: Trust | undefined;
  let named = false;

  const send = (path: string, envelope: Uint8Array): Promise<Answer> =>
    transport.send('POST', `${base}${path}`, envelope, {
      'content-type': protoType,
      'x-request-id': randomUUID(),
      ...(named ? {} : serialHeaders(options)),
    });

  const certs = async (): Promise<Trust> => {
    const answer = await transport.send('GET', `${base}/certs`, undefined, { 'x-request-id': randomUUID() });
    if (answer.status !== 200) throw new Complaint(`/certs answered ${answer.status}`);
    checkType(answer, '/certs');
    trust = toTrust(decode(eve, 'certs.ZControllerCert', open(answer.body)), rootPem, Date.now());
    // The device skips the signature of this one; a controller that cannot sign it could sign nothing else either.
    open(answer.body, trust);
    return trust;
  };

  /** Sends, and opens what comes back; once more with fresh certificates when the signature is a stranger's. */
  const ask = async (path: string, payload: Uint8Array): Promise<{ status: number; payload?: Uint8Array }> => {
    const answer = await send(path, seal(payload, device));
    if ((answer.status !== 200 && answer.status !== 201) || answer.body.length === 0) return { status: answer.status };
    checkType(answer, path);
    try {
      return { status: answer.status, payload: open(answer.body, trust ?? (await certs())) };
    } catch (error) {
      if (!(error instanceof CertificateMiss)) throw error;
      await certs();
      const again = await send(path, seal(payload, device));
      return { status: again.status, payload: open(again.body, trust) };
    }
  };

  return {
    get trust() {
      return trust;
    },
    ping: async () => {
      const { status } = await transport.send('GET', `${base}/ping`);
      if (status !== 200) throw new Complaint(`/ping answered ${status}`);
    },
    certs,
    register: async (onboard, serial, softSerial) => {
      const message = { pemCert: base64Text(device.pem), serial, softSerial };
      const payload = encode(eve, 'register.ZRegisterMsg', message);
      const answer = await send('/register', seal(payload, onboard, true));
      if (answer.body.length > 0) checkType(answer, '/register');
      return answer.status;
    },
    uuid: async () => {
      const { status, payload } = await ask('/uuid', new Uint8Array());
      if (!payload) return { status };
      named = true;
      return { status, message: decode(eve, 'uuid.UuidResponse', payload) };
    },
    config: async (uuid, configHash, integrity_token) => {
      const request = encode(eve, 'config.ConfigRequest', { configHash, integrity_token });
      const { status, payload } = await ask(`/id/${uuid}/config`, request);
      return payload ? { status, message: decode(eve, 'config.ConfigResponse', payload) } : { status };
    },
    attest: async (uuid, request) => {
      const { status, payload } = await ask(`/id/${uuid}/attest`, encode(eve, 'attest.ZAttestReq', request));
      return payload ? { status, message: decode(eve, 'attest.ZAttestResponse', payload) } : { status };
    },
    post: async (uuid, path, payload) => {
      const answer = await send(`/id/${uuid}/${path}`, seal(payload, device));
      if (!path.endsWith('newlogs') && answer.body.length > 0) checkType(answer, path);
      return answer;
    },
  };
};

const base = '/api/v2/edgedevice';
const protoType = 'application/x-proto-binary';

const checkType = (answer: Answer, path: string): void => {
  if (answer.type !== protoType) throw new Complaint(`${path} answered with Content-Type '${answer.type}'`);
};

const serialHeaders = ({ serial, softSerial = '' }: SessionOptions): Record<string, string> => ({
  'x-serial-number': serial,
  'x-soft-serial': softSerial,
});
