import { toHex } from '../base/bytes.ts';
import type { CipherBlock } from '../eve/generated/common.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import type { Complain } from './check.ts';

export interface CipherParties {
  /** `certHash` of the controller's certificate as `/certs` has it today. */
  readonly controllerCertHash: Uint8Array;
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
    if (!isSame(one.controllerCertHash, parties.controllerCertHash))
      complain(path, 'is not for the certificate of the controller');
    if (!isSame(one.deviceCertHash, parties.deviceCertHash))
      complain(path, 'is not for the present certificate of the device');
  }
  for (const [path, block] of blocksIn(config, '')) {
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

/** All cipher blocks, wherever they are, with their paths. */
function* blocksIn(value: unknown, path: string): Generator<[string, CipherBlock]> {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return;
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) yield* blocksIn(item, `${path}[${at}]`);
    return;
  }
  if ('cipherContextId' in value) {
    yield [path, value as CipherBlock]; // the only message with this field
    return;
  }
  for (const [field, item] of Object.entries(value)) yield* blocksIn(item, path === '' ? field : `${path}.${field}`);
}
