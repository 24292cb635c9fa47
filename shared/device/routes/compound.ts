import { X509Certificate } from 'node:crypto';
import { equal, fromBase64 } from '../../base/bytes.ts';
import { decode, encode } from '../../base/protobuf.ts';
import { cipherContext, cipherKey, encryptBlock } from '../../eve/cipher.ts';
import type { Exchange } from '../../eve/controller.ts';
import type { AuthContainer } from '../../eve/generated/auth.ts';
import { eve } from '../../eve/generated/table.ts';
import { exchangeCertificate } from '../../eve/known.ts';
import { answer } from '../answer.ts';
import type { Member } from '../fleet.ts';
import { readMessage } from '../message.ts';
import { enveloped } from '../protocol.ts';
import { counting } from '../refusals.ts';
import { defaultLimits, type Endpoint, type Room } from '../room.ts';
import { markSeen } from '../seen.ts';
import { deviceState } from '../state.ts';
import { requireToken, servedTo } from './config.ts';

/**
 * The configuration for a device that takes this controller for its local operator console: as it was signed, and, when the
 * device has told a certificate for that, encrypted to it. The compound itself is not signed; it carries no commands.
 */
export const compound = (room: Room): Endpoint => {
  const limit = room.limits?.bodyBytes ?? defaultLimits.bodyBytes;
  const protocol = enveloped(room);
  return async (request, params) => {
    const { member, payload } = await protocol.open(request, params, limit);
    const { cfg_req: asked = {} } = await counting(room, member, 'compound-config', () =>
      readMessage('config.CompoundEdgeDevConfigRequest', payload),
    );
    await markSeen(room, member.uuid);
    await requireToken(room, member, asked.integrity_token);
    const { answer: sealed } = await servedTo(room, member);
    const container = decode(eve, 'auth.AuthContainer', room.controller.reseal(sealed));
    const protectedConfig = await encryptFor(room, member, container);
    return answer(200, encode(eve, 'config.CompoundEdgeDevConfig', { protected_config: protectedConfig }));
  };
};

/**
 * Which key to encrypt under, while there are several: that of the secrets inside, which the device is known to be able to
 * open. Without secrets the oldest, which it has had longest.
 */
const exchangeFor = ({ controller: { exchanges } }: Room, payload: Uint8Array): Exchange => {
  const [newest, ...older] = exchanges;
  if (older.length === 0) return newest;
  const { cipherContexts = [] } = decode(eve, 'config.ConfigResponse', payload).config ?? {};
  const inUse = exchanges.find(({ certHash }) =>
    cipherContexts.some(({ controllerCertHash }) => controllerCertHash && equal(controllerCertHash, certHash)),
  );
  return inUse ?? older.at(-1) ?? newest;
};

/** The signature stays that of the payload in the clear. */
const encryptFor = async (room: Room, member: Member, container: AuthContainer): Promise<AuthContainer> => {
  const certificate = exchangeCertificate(await deviceState(room.store).read(member.uuid));
  const payload = container.protectedPayload?.payload;
  if (!certificate || !payload) return container;
  const { publicKey } = new X509Certificate(fromBase64(certificate.pem));
  const { key, certHash } = exchangeFor(room, payload);
  const context = cipherContext(fromBase64(certificate.hash), certHash);
  const block = encryptBlock(cipherKey(key, publicKey), context.contextId ?? '', payload, room.ports.random.bytes(16));
  const { protectedPayload: _, ...rest } = container;
  return { ...rest, cipherContext: context, cipherData: block };
};
