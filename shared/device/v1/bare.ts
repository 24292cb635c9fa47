import { sha256, toHex } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import { openEnvelope } from '../../eve/envelope.ts';
import { readBody } from '../body.ts';
import type { Protocol } from '../protocol.ts';
import type { Room } from '../room.ts';

/**
 * Version 1: bare messages, and the sender is whose certificate TLS was opened with. TLS has verified that the caller has
 * its key; no chain is asked for, as none is in version 2: the certificate that a Device has is the identity.
 */
export const bare = (room: Room): Protocol => ({
  async open(request, { certificate }, limit) {
    if (!certificate) throw new Fault('Unauthorized', 'a client certificate is needed');
    const member = await room.fleet.byCertificate(toHex(sha256(certificate)));
    if (!member) throw new Fault('NotFound', 'no device has this certificate');
    return { member, payload: await readBody(request, limit) };
  },
  seal: payload => payload,
  pass: container => openEnvelope(container).payload,
});
