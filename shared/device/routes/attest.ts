import { Fault } from '../../base/fault.ts';
import { encode } from '../../base/protobuf.ts';
import { ZAttestReqType, type ZAttestResponse } from '../../eve/generated/attest.ts';
import { eve } from '../../eve/generated/table.ts';
import { answer } from '../answer.ts';
import { keepCertificates } from '../attest/certificates.ts';
import { escrowKeys } from '../attest/escrow.ts';
import { giveNonce } from '../attest/nonce.ts';
import { judgeQuote } from '../attest/quote.ts';
import { readBody } from '../body.ts';
import type { Member } from '../fleet.ts';
import { readMessage } from '../message.ts';
import { counting } from '../refusals.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';
import { markSeen } from '../seen.ts';
import { openSession } from '../session.ts';
import { deviceState } from '../state.ts';

/** The four steps of attestation: certificates, nonce, quote, escrow of volume keys. */
export const attest = (room: Room): Endpoint => {
  const limit = room.limits?.bodyBytes ?? defaultLimits.bodyBytes;
  return async (request, { uuid }) => {
    const { member, payload } = await openSession(room.fleet, await readBody(request, limit), uuid);
    const response = await counting(room, member, 'attest', () => respond(room, member, payload));
    await markSeen(room, member.uuid);
    return answer(201, room.controller.seal(encode(eve, 'attest.ZAttestResponse', response)));
  };
};

const respond = async (room: Room, member: Member, payload: Uint8Array): Promise<ZAttestResponse> => {
  const request = readMessage('attest.ZAttestReq', payload);
  const state = deviceState(room.store);
  switch (request.reqType) {
    case ZAttestReqType.ATTEST_REQ_CERT:
      return keepCertificates(room, state, member, request.certs ?? []);
    case ZAttestReqType.ATTEST_REQ_NONCE:
      return giveNonce(room, state, member);
    case ZAttestReqType.ATTEST_REQ_QUOTE:
      return judgeQuote(room, state, member, request.quote ?? {});
    case ZAttestReqType.Z_ATTEST_REQ_TYPE_STORE_KEYS:
      return escrowKeys(room, state, member, request.storage_keys ?? {});
    default:
      throw new Fault('Invalid', 'not a kind of attestation');
  }
};
