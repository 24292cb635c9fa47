import { Buffer } from 'node:buffer';
import { toBase64 } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import { decode, encode } from '../../base/protobuf.ts';
import { openEnvelope } from '../../eve/envelope.ts';
import type { SCEPProfile } from '../../eve/generated/config.ts';
import { HTTPMethod, SCEPOperation, type SCEPProxyRequest, type SCEPProxyResponse } from '../../eve/generated/proxy.ts';
import { eve } from '../../eve/generated/table.ts';
import { decodeServed } from '../../eve/served.ts';
import { answer } from '../answer.ts';
import { readBody } from '../body.ts';
import type { Member } from '../fleet.ts';
import { readMessage } from '../message.ts';
import { counting } from '../refusals.ts';
import { defaultLimits, type Endpoint, type ReachOptions, type Room } from '../room.ts';
import { markSeen } from '../seen.ts';
import { openSession } from '../session.ts';
import { deviceState } from '../state.ts';

/**
 * Forwards a certificate enrolment to the server that the device's own config names, and nowhere else: the profile must be
 * in the served config and must say that the controller is its proxy.
 */
export const scep = (room: Room): Endpoint => {
  const limit = room.limits?.bodyBytes ?? defaultLimits.bodyBytes;
  return async (request, { uuid }) => {
    const { member, payload } = await openSession(room.fleet, await readBody(request, limit), uuid);
    const response = await counting(room, member, 'scep', async () => {
      const message = readMessage('proxy.SCEPProxyRequest', payload);
      await markSeen(room, member.uuid);
      await requireAttested(room, member);
      const profile = await profileOf(room, member.uuid, message.scep_profile_name ?? '');
      return forward(room, profile, message);
    });
    return answer(200, room.controller.seal(encode(eve, 'proxy.SCEPProxyResponse', response)));
  };
};

/** The request carries no token: where one is demanded, the device must at least have one now. */
const requireAttested = async (room: Room, member: Member): Promise<void> => {
  if (!(await room.policy?.requiresToken?.(member))) return;
  const { token } = await deviceState(room.store).read(member.uuid);
  if (token === undefined) throw new Fault('Forbidden', 'the device must attest itself first');
};

const profileOf = async (room: Room, uuid: string, name: string): Promise<SCEPProfile> => {
  const entry = await room.store.get('configs', uuid);
  const container = entry && openEnvelope(decodeServed(entry.value).answer);
  const profiles = container
    ? (decode(eve, 'config.ConfigResponse', container.payload).config?.scep_profiles ?? [])
    : [];
  const profile = profiles.find(each => each.profile_name === name && each.use_controller_proxy === true);
  if (!profile) throw new Fault('Forbidden', 'the device has no such SCEP profile');
  return profile;
};

const forward = async (room: Room, profile: SCEPProfile, message: SCEPProxyRequest): Promise<SCEPProxyResponse> => {
  if (!room.reach) throw new Fault('NotFound', 'this controller is no proxy');
  const { url, init } = toRequest(profile, message);
  const same = { scep_profile_name: message.scep_profile_name, operation: message.operation };
  try {
    const response = await room.reach(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    const body = await readResponse(response);
    return {
      ...same,
      http_status_code: response.status,
      http_header_fields: [...response.headers].slice(0, 50).map(([field, value]) => ({ name: field, value })),
      ...(response.ok ? { message: body } : { error_body: body }),
    };
  } catch (cause) {
    throw new Fault('ServiceUnavailable', 'the SCEP server does not answer', { cause });
  }
};

const timeoutMs = 30_000;
const maxAnswer = 1024 * 1024;

const operations: Record<number, string> = {
  [SCEPOperation.SCEP_OPERATION_GET_CA_CAPS]: 'GetCACaps',
  [SCEPOperation.SCEP_OPERATION_GET_CA_CERT]: 'GetCACert',
  [SCEPOperation.SCEP_OPERATION_GET_NEXT_CA_CERT]: 'GetNextCACert',
  [SCEPOperation.SCEP_OPERATION_PKI_MESSAGE]: 'PKIOperation',
};

const toRequest = (
  profile: SCEPProfile,
  message: SCEPProxyRequest,
): { url: URL; init: Omit<ReachOptions, 'signal'> } => {
  const operation = operations[message.operation ?? 0];
  if (operation === undefined) throw new Fault('Invalid', 'not an operation of SCEP');
  const url = URL.canParse(profile.scep_url ?? '') ? new URL(profile.scep_url ?? '') : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw new Fault('Forbidden', 'the SCEP profile has no usable URL');
  const body = message.message ?? new Uint8Array();
  url.searchParams.set('operation', operation);
  if (message.http_method === HTTPMethod.HTTP_METHOD_POST) {
    const headers = { 'content-type': 'application/x-pki-message' };
    return { url, init: { method: 'POST', body: Buffer.from(body), headers } };
  }
  if (message.http_method !== HTTPMethod.HTTP_METHOD_GET) throw new Fault('Invalid', 'not a method of SCEP');
  if (body.length > 0) url.searchParams.set('message', toBase64(body));
  return { url, init: { method: 'GET' } };
};

const readResponse = async (response: Response): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > maxAnswer) throw new Fault('ServiceUnavailable', 'the answer of the SCEP server is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
