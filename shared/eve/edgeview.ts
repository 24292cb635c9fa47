import { createHmac, type KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import { fromBase64, fromUtf8, toBase64Url } from '../base/bytes.ts';

/** A session of EdgeView: who may meet a device where, and until when (EVE reference §6.11). */
export interface EdgeViewSession {
  /** `host:port` or `host:port/path` of the dispatcher that joins device and client. */
  readonly dispatcher: string;
  readonly deviceUuid: string;
  /** Seconds since 1970. */
  readonly expires: number;
  /** How many clients at a time, 1 to 5. */
  readonly instances: number;
  /** Whether what they say is encrypted, and not only authenticated. */
  readonly encrypt: boolean;
  /** 0 unspecified, 1 by the controller's certificate, 2 by SSH keys. */
  readonly authentication: number;
  /** Another one makes another token of the same session. */
  readonly generation: number;
}

/**
 * The token that device and client show the dispatcher: a JWT signed with the controller's key, ES256. The same session
 * gives the same token, so that a configuration with it does not change by itself: the signature is deterministic
 * (RFC 6979), and the nonce that authenticates what is said is derived from key and session, unknown to everybody else.
 */
export const edgeViewToken = (key: KeyObject, session: EdgeViewSession): string => {
  const secret = privateBytes(key);
  const { dispatcher, deviceUuid, expires, instances, encrypt, authentication, generation } = session;
  const about = JSON.stringify([deviceUuid, dispatcher, expires, generation]);
  const nonce = createHmac('sha256', secret).update(`edgeview\0${about}`).digest('hex');
  const claims = { dep: dispatcher, sub: deviceUuid, exp: expires, key: nonce, num: instances, enc: encrypt };
  const head = encode({ alg: 'ES256', typ: 'JWT' });
  const text = `${head}.${encode({ ...claims, aut: authentication })}`;
  return `${text}.${toBase64Url(p256.sign(fromUtf8(text), secret, { lowS: false }))}`;
};

const encode = (value: object): string => toBase64Url(fromUtf8(JSON.stringify(value)));

const privateBytes = (key: KeyObject): Uint8Array => {
  const { crv, d = '' } = key.export({ format: 'jwk' });
  if (crv !== 'P-256') throw new Error('the signing key is not on curve P-256');
  return fromBase64(d);
};
