import { toHex } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { type Envelope, openEnvelope, verifyEnvelope } from '../eve/envelope.ts';
import type { Fleet, Member } from './fleet.ts';

/** Who is calling, and what was signed. */
export interface Session {
  readonly member: Member;
  readonly payload: Uint8Array;
}

/**
 * Finds the member whose certificate the envelope names and verifies its signature. Where the URL names a device it must be
 * that member: an envelope is not bound to a URL, so the certificate decides and the URL may not contradict it.
 *
 * Throws Faults: Invalid (422) for an unreadable body, NotFound (404) for an unknown certificate, BadRequest (400) for another
 * device's URL (EVE takes both as "unknown device" and asks for its UUID anew), Unauthorized (401) for a wrong signature.
 */
export const openSession = async (fleet: Fleet, body: Uint8Array, uuid?: string): Promise<Session> => {
  const envelope = openEnvelope(body);
  const member = await memberOf(fleet, envelope, uuid);
  if (!member) throw new Fault('NotFound', 'no device has this certificate');
  if (uuid !== undefined && member.uuid !== uuid)
    throw new Fault('BadRequest', 'the certificate belongs to another device');
  if (!(await verifyEnvelope(envelope, member.publicKey))) throw new Fault('Unauthorized', 'the signature is wrong');
  return { member, payload: envelope.payload };
};

/** A hash of 16 bytes (algo 1) names a certificate only together with the UUID in the URL. */
const memberOf = async (fleet: Fleet, { certHash }: Envelope, uuid?: string): Promise<Member | undefined> => {
  const hash = toHex(certHash);
  if (certHash.length === 32) return fleet.byCertificate(hash);
  const member = uuid === undefined ? undefined : await fleet.byUuid(uuid);
  return member?.certificateHash.startsWith(hash) ? member : undefined;
};
