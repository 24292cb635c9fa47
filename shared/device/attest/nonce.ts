import { toBase64 } from '../../base/bytes.ts';
import { type ZAttestResponse, ZAttestRespType } from '../../eve/generated/attest.ts';
import type { Member } from '../fleet.ts';
import type { Room } from '../room.ts';
import type { DeviceState } from '../state.ts';

/** A number for the next quote to carry: one per device, used once, for a few minutes. */
export const giveNonce = async (room: Room, state: DeviceState, member: Member): Promise<ZAttestResponse> => {
  const nonce = room.ports.random.bytes(length);
  const expiresAt = room.ports.clock.now() + lifetimeMs;
  await state.update(member, known => ({ ...known, nonce: { value: toBase64(nonce), expiresAt } }));
  return { respType: ZAttestRespType.ATTEST_RESP_NONCE, nonce: { nonce } };
};

/** Devices take 12 to 32. */
const length = 16;
const lifetimeMs = 10 * 60_000;
