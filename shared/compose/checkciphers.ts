import { toHex } from '../base/bytes.ts';
import type { CipherBlock } from '../eve/generated/common.ts';
import type { EdgeDevConfig, WirelessConfig } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

export interface CipherParties {
  /** `certHash` of each of the controller's certificates as `/certs` has them today. */
  readonly controllerCertHashes: readonly Uint8Array[];
  /** `certHash` of the device's present certificate, as the device gave it. */
  readonly deviceCertHash: Uint8Array | undefined;
}

/** Cipher contexts and blocks (reference §5): a device that cannot decrypt does not try again. */
export const checkCiphers = (config: EdgeDevConfig, parties: CipherParties, complain: Complain): void => {
  const known = new Set<string>();
  for (const [at, one] of (config.cipherContexts ?? []).entries()) {
    const path = `cipherContexts[${at}]`;
    if (!one.contextId || known.has(one.contextId)) complain(path, 'has no id of its own');
    known.add(one.contextId ?? '');
    if (!parties.controllerCertHashes.some(hash => isSame(one.controllerCertHash, hash)))
      complain(path, 'is not for the certificate of the controller');
    if (!isSame(one.deviceCertHash, parties.deviceCertHash))
      complain(path, 'is not for the present certificate of the device');
  }
  for (const [path, block] of placesIn(config)) {
    if (!block) continue;
    if (!known.has(block.cipherContextId ?? ''))
      complain(path, 'has a cipher context that is not in the configuration');
    if (block.initialValue?.length !== 16)
      complain(path, 'has an initial value that is not 16 bytes long: the device would crash');
    if (block.clearTextSha256?.length !== 32) complain(path, 'has no SHA-256 of the clear text');
    if (!block.cipherData?.length) complain(path, 'is empty');
  }
};

const isSame = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && toHex(a) === toHex(b);

type Place = [path: string, block: CipherBlock | undefined];

/** All places of a configuration where a cipher block may stand (reference §5.2). */
const placesIn = (config: EdgeDevConfig): Place[] => [
  ...(config.datastores ?? []).map((one, at): Place => [`datastores[${at}].cipherData`, one.cipherData]),
  ...(config.apps ?? []).map((one, at): Place => [`apps[${at}].cipherData`, one.cipherData]),
  ...(config.networks ?? []).flatMap((one, at) => inWireless(one.wireless, `networks[${at}].wireless`)),
  ...(config.scep_profiles ?? []).map(
    (one, at): Place => [`scep_profiles[${at}].scep_challenge_password`, one.scep_challenge_password],
  ),
  ['cluster.encrypted_cluster_token', config.cluster?.encrypted_cluster_token],
  ...(config.patchEnvelopes ?? []).flatMap((one, at) =>
    (one.artifacts ?? []).flatMap((artifact, n): Place[] => [
      [`patchEnvelopes[${at}].artifacts[${n}].metadata_cipher_data`, artifact.metadata_cipher_data],
      [`patchEnvelopes[${at}].artifacts[${n}].encrypted_inline`, artifact.encrypted_inline?.cipher_data],
      [`patchEnvelopes[${at}].artifacts[${n}].encrypted_volumeref`, artifact.encrypted_volumeref?.cipher_data],
    ]),
  ),
];

const inWireless = (wireless: WirelessConfig | undefined, path: string): Place[] => [
  ...(wireless?.wifiCfg ?? []).map((one, at): Place => [`${path}.wifiCfg[${at}].cipherData`, one.cipherData]),
  ...(wireless?.cellularCfg ?? []).flatMap(one =>
    (one.access_points ?? []).map(
      (point, at): Place => [`${path}.access_points[${at}].cipher_data`, point.cipher_data],
    ),
  ),
];
