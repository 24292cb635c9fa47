import { Fault } from '../../base/fault.ts';
import { publicKeyOf } from '../../eve/certs.ts';
import { readBody } from '../body.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';
import { answerRegistration, readNewcomer } from '../routes/register.ts';

/** A device makes itself known over a connection that was opened with the onboarding certificate. */
export const registerBare = (room: Room): Endpoint => {
  const limit = room.limits?.registerBytes ?? defaultLimits.registerBytes;
  return async (request, { certificate }) => {
    if (!certificate) throw new Fault('Unauthorized', 'a client certificate is needed');
    if (!publicKeyOf(certificate)) throw new Fault('Invalid', 'the certificate has a key that cannot sign here');
    return answerRegistration(room, { onboard: certificate, ...readNewcomer(await readBody(request, limit)) });
  };
};
