import { equal, fromBase64, toBase64 } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import { encode } from '../../base/protobuf.ts';
import {
  type AttestStorageKeys,
  AttestStorageKeysResponseCode,
  type ZAttestResponse,
  ZAttestRespType,
} from '../../eve/generated/attest.ts';
import { eve } from '../../eve/generated/table.ts';
import type { Known } from '../../eve/known.ts';
import type { Member } from '../fleet.ts';
import type { Room } from '../room.ts';
import type { DeviceState } from '../state.ts';

/**
 * Keeps the volume keys of a device, sealed by its TPM, for the day when its TPM no longer gives them out. They are answered
 * only when they are durable; former sets stay.
 */
export const escrowKeys = async (
  room: Room,
  state: DeviceState,
  member: Member,
  message: AttestStorageKeys,
): Promise<ZAttestResponse> => {
  const { integrity_token: token = new Uint8Array(), keys = [] } = message;
  const encoded = keys.map(key => toBase64(encode(eve, 'attest.AttestVolumeKey', key)));
  if (encoded.length > maxKeys || encoded.join('').length > maxText)
    throw new Fault('RequestEntityTooLarge', 'too many keys');
  let isRight = false;
  await state.update(member, known => {
    isRight = known.token !== undefined && equal(fromBase64(known.token), token);
    return isRight ? withKeys(known, encoded, room.ports.clock.now()) : known;
  });
  const response = isRight
    ? AttestStorageKeysResponseCode.ATTEST_STORAGE_KEYS_RESPONSE_CODE_SUCCESS
    : AttestStorageKeysResponseCode.ATTEST_STORAGE_KEYS_RESPONSE_CODE_ITOKEN_MISMATCH;
  return { respType: ZAttestRespType.Z_ATTEST_RESP_TYPE_STORE_KEYS, storage_keys_resp: { response } };
};

const maxKeys = 16;
const maxText = 64 * 1024;
const maxSets = 16;

const withKeys = (known: Known, keys: readonly string[], at: number): Known => {
  const [current, ...former] = known.keys;
  if (keys.length === 0 || (current && current.keys.join() === keys.join())) return known;
  return { ...known, keys: [{ at, keys }, ...(current ? [current] : []), ...former].slice(0, maxSets) };
};
