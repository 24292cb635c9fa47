import { fromBase64, toUtf8 } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { getOwn } from '../base/own.ts';
import type { CipherBlock, EncryptionBlock } from '../eve/generated/common.ts';
import { dataOf } from '../resources/eve/options.ts';
import type { Draft } from './draft.ts';

interface KeyRef {
  readonly name: string;
  readonly key: string;
}

/** The bytes under a key of a Secret. `field`: path of `ref`. Throws NotFound when it, or its key, is missing. */
export const readSecretBytes = (draft: Draft, ref: KeyRef, field: string): Uint8Array => {
  const secret = draft.from.look('secret', ref.name);
  if (!secret) throw new Fault('NotFound', `${field}.name: Secret "${ref.name}" does not exist`);
  const value = getOwn(dataOf(secret), ref.key);
  if (value === undefined) throw new Fault('NotFound', `${field}.key: Secret "${ref.name}" has no key "${ref.key}"`);
  return fromBase64(value);
};

export const readSecret = (draft: Draft, ref: KeyRef, field: string): string =>
  toUtf8(readSecretBytes(draft, ref, field));

export const readOptionalSecret = (draft: Draft, ref: KeyRef | undefined, field: string): string | undefined =>
  ref && readSecret(draft, ref, field);

/** The text under a key of a ConfigMap. Throws NotFound as above. */
export const readConfigMap = (draft: Draft, ref: KeyRef, field: string): string => {
  const configMap = draft.from.look('configMap', ref.name);
  if (!configMap) throw new Fault('NotFound', `${field}.name: ConfigMap "${ref.name}" does not exist`);
  const value = getOwn(dataOf(configMap), ref.key);
  if (value === undefined) throw new Fault('NotFound', `${field}.key: ConfigMap "${ref.name}" has no key "${ref.key}"`);
  return value;
};

/** A Device with this annotation "true" gets secrets in the clear as long as it has sent no certificate to encrypt to. */
export const clearTextAnnotation = 'kubeve.io/clear-text-secrets';

/**
 * Secrets as they go into the configuration; undefined when there are none. Throws until the device has sent a certificate.
 * `field`: the path that led to them.
 */
export const seal = (draft: Draft, place: string, secrets: EncryptionBlock, field: string): CipherBlock | undefined => {
  if (draft.sealer.ready) return draft.sealer.seal(place, secrets);
  if (Object.values(secrets).every(value => value === undefined || value === '')) return undefined;
  throw waiting(field);
};

/** The same for secrets that have a form in the clear: undefined also where the Device asks for that one. */
export const sealUnlessClear = (...secrets: Parameters<typeof seal>): CipherBlock | undefined => {
  const [{ sealer, from }] = secrets;
  const isClear = !sealer.ready && from.device.metadata.annotations?.[clearTextAnnotation] === 'true';
  return isClear ? undefined : seal(...secrets);
};

/** Bytes that have no form in the clear. Throws until the device has sent a certificate. */
export const sealBytes = (draft: Draft, place: string, plain: Uint8Array, field: string): CipherBlock => {
  const block = draft.sealer.sealBytes(place, plain);
  if (!block) throw waiting(field);
  return block;
};

const waiting = (field: string) =>
  new Fault(
    'ServiceUnavailable',
    `${field}: waits until the device has sent the certificate that secrets are encrypted to`,
  );
