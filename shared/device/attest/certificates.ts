import { toBase64 } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import { certHash, readCertificate } from '../../eve/certs.ts';
import { type ZAttestResponse, ZAttestRespType } from '../../eve/generated/attest.ts';
import { type ZCert, ZCertType } from '../../eve/generated/certs.ts';
import type { Known, KnownCertificate } from '../../eve/known.ts';
import type { Member } from '../fleet.ts';
import type { Room } from '../room.ts';
import type { DeviceState } from '../state.ts';
import { withoutToken, withVerdict } from './verdict.ts';

/**
 * Keeps the certificates that a device tells, in place of those it told before. A change is noted and accepted, for a device
 * whose certificates are refused while it gets its config goes into maintenance mode; unless the operator's policy pins them:
 * then only what was marked as mutable may go (else Forbidden, and the device has to attest itself anew).
 */
export const keepCertificates = async (
  room: Room,
  state: DeviceState,
  member: Member,
  certs: readonly ZCert[],
): Promise<ZAttestResponse> => {
  if (certs.length > maxCertificates) throw new Fault('RequestEntityTooLarge', 'too many certificates');
  const now = room.ports.clock.now();
  const told = certs.flatMap(cert => toKnown(cert, now));
  if (told.length < certs.length)
    room.ports.log.warn('device tells certificates that cannot be read', { device: member.uuid });
  if (told.length > 0) {
    await requireSame(room, state, member, told);
    await state.update(member, known => replace(room, member, known, told));
  }
  return { respType: ZAttestRespType.ATTEST_RESP_CERT };
};

const requireSame = async (
  room: Room,
  state: DeviceState,
  member: Member,
  told: readonly KnownCertificate[],
): Promise<void> => {
  const pinned = await room.policy?.pinsCertificates?.(member);
  if (pinned === undefined) return;
  const { certificates } = await state.read(member.uuid);
  const gone = certificates.filter(cert => !cert.mutable && !told.some(other => isSame(cert, other)));
  if (gone.length === 0) return;
  const uses = gone.map(({ type }) => useOf(type)).join(' and ');
  const message = `the device tells other certificates for ${uses} than it told first: ${pinned}`;
  const verdict = { at: room.ports.clock.now(), accepted: false, reason: 'CertificateChanged', message };
  await state.update(member, known => withVerdict(withoutToken(known), verdict));
  throw new Fault('Forbidden', message);
};

const useOf = (type: number): string => uses.get(type) ?? `type ${type}`;

const uses: ReadonlyMap<number, string> = new Map([
  [ZCertType.CERT_TYPE_DEVICE_ONBOARDING, 'onboarding'],
  [ZCertType.CERT_TYPE_DEVICE_RESTRICTED_SIGNING, 'attestation'],
  [ZCertType.CERT_TYPE_DEVICE_ENDORSEMENT_RSA, 'endorsement'],
  [ZCertType.CERT_TYPE_DEVICE_ECDH_EXCHANGE, 'encryption'],
]);

const maxCertificates = 16;
const maxBytes = 16 * 1024;
/** It names the certificate in every configuration with secrets; those of devices have 16 bytes. */
const maxHash = 64;
const maxFormer = 32;

const toKnown = (cert: ZCert, at: number): KnownCertificate[] => {
  const pem = cert.cert ?? new Uint8Array();
  if (pem.length === 0 || pem.length > maxBytes || !readCertificate(pem)) return [];
  if ((cert.certHash?.length ?? 0) > maxHash) return [];
  const tpmPublic = cert.meta_data_items?.find(item => item.type === 1)?.meta_data;
  const hash = cert.certHash?.length ? cert.certHash : certHash(pem);
  return [
    {
      type: cert.type ?? 0,
      hash: toBase64(hash),
      pem: toBase64(pem),
      at,
      ...(cert.attributes?.is_mutable && { mutable: true as const }),
      ...(tpmPublic === undefined || tpmPublic.length > maxBytes ? {} : { tpmPublic: toBase64(tpmPublic) }),
    },
  ];
};

const replace = (room: Room, member: Member, known: Known, told: readonly KnownCertificate[]): Known => {
  const isTold = (cert: KnownCertificate) => told.some(other => isSame(cert, other));
  const gone = known.certificates.filter(cert => !isTold(cert));
  const fresh = told.filter(cert => !known.certificates.some(other => isSame(cert, other)));
  if (gone.length === 0 && fresh.length === 0) return known;
  const types = gone.map(cert => cert.type);
  if (gone.length > 0) room.ports.log.warn('device replaces certificates', { device: member.uuid, types });
  const at = room.ports.clock.now();
  return {
    ...known,
    ...(gone.length > 0 && { replaced: { count: (known.replaced?.count ?? 0) + 1, at, types } }),
    certificates: [...known.certificates.filter(isTold), ...fresh],
    formerCertificates: shorten([...gone.map(cert => ({ ...cert, at })), ...known.formerCertificates]),
  };
};

/** Newest first. That a device once told the key of a TPM is never forgotten: without, it could pass for one that has none. */
const shorten = (former: readonly KnownCertificate[]): KnownCertificate[] => {
  const kept = former.slice(0, maxFormer);
  const isOfTpm = ({ type }: KnownCertificate) => type === ZCertType.CERT_TYPE_DEVICE_RESTRICTED_SIGNING;
  const tpm = former.find(isOfTpm);
  return tpm && !kept.some(isOfTpm) ? [...kept.slice(0, -1), tpm] : kept;
};

const isSame = (a: KnownCertificate, b: KnownCertificate): boolean =>
  a.type === b.type && a.hash === b.hash && a.pem === b.pem && a.tpmPublic === b.tpmPublic;
