import { equal } from '../../base/bytes.ts';
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
import { sealAll } from './keys.ts';
import { isToken } from './token.ts';

/**
 * Keeps the volume keys of a device, sealed by its TPM and once more by the escrow, for the day when its TPM no longer gives them out. They are answered
 * only when they are durable; former sets stay.
 */
export const escrowKeys = async (
  room: Room,
  state: DeviceState,
  member: Member,
  message: AttestStorageKeys,
): Promise<ZAttestResponse> => {
  const { integrity_token: token = new Uint8Array(), keys = [] } = message;
  const encoded = keys.map(key => encode(eve, 'attest.AttestVolumeKey', key));
  if (encoded.length > maxKeys || encoded.reduce((sum, { length }) => sum + length, 0) > maxBytes)
    throw new Fault('RequestEntityTooLarge', 'too many keys');
  let isRight = false;
  await state.update(member, known => {
    isRight = isToken(known, token);
    return isRight ? withKeys(room, member, known, encoded) : known;
  });
  const response = isRight
    ? AttestStorageKeysResponseCode.ATTEST_STORAGE_KEYS_RESPONSE_CODE_SUCCESS
    : AttestStorageKeysResponseCode.ATTEST_STORAGE_KEYS_RESPONSE_CODE_ITOKEN_MISMATCH;
  return { respType: ZAttestRespType.Z_ATTEST_RESP_TYPE_STORE_KEYS, storage_keys_resp: { response } };
};

const maxKeys = 16;
const maxBytes = 48 * 1024;
const maxSets = 16;

const withKeys = (room: Room, member: Member, known: Known, keys: readonly Uint8Array[]): Known => {
  const [current, ...former] = sealAll(room, member, known.keys);
  const { escrow, ports } = room;
  const isKept = (sealed: string, at: number): boolean => {
    const opened = escrow.open(sealed, member.certificateHash);
    return opened !== undefined && equal(opened, keys[at] ?? new Uint8Array());
  };
  if (keys.length === 0 || (current?.keys.length === keys.length && current.keys.every(isKept))) return known;
  const fresh = { at: ports.clock.now(), keys: keys.map(key => escrow.seal(key, member.certificateHash)) };
  return { ...known, keys: [fresh, ...(current ? [current] : []), ...former].slice(0, maxSets) };
};
