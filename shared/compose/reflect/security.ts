import { toHex } from '../../base/bytes.ts';
import type { JsonMap } from '../../base/object.ts';
import {
  type CertDistinguishedName,
  type CertInfo,
  CertStatus,
  DataSecAtRestStatus,
  PCRStatus,
  type VaultInfo,
  type ZInfoDevice,
} from '../../eve/generated/info.ts';
import { errorText } from './errors.ts';
import { nameIfAny, nameOf } from './names.ts';
import { countOf, defined, listOf, textOf, textsOf, timeOf, unlessEmpty } from './value.ts';

const vault = nameOf(DataSecAtRestStatus, 'DATASEC_AT_REST_');
const pcr = nameIfAny(PCRStatus, 'PCR_');
const certState = nameIfAny(CertStatus, 'CERT_STATUS_');

/** Vaults, and the roots that the device trusts. */
export const toSecurity = (info: ZInfoDevice): JsonMap | undefined =>
  unlessEmpty(
    defined({
      vaultInfo: textOf(info.dataSecAtRestInfo?.info),
      vaults: listOf(info.dataSecAtRestInfo?.vaultList, toVault, 16),
      rootCASHA256: hexOf(info.sec_info?.sha_root_ca),
      tlsRootCASHA256: hexOf(info.sec_info?.sha_tls_root_ca),
    }),
  );

const toVault = (one: VaultInfo): JsonMap =>
  defined({
    name: textOf(one.name),
    status: vault(one.status),
    pcr: pcr(one.pcrStatus),
    error: errorText(one.vaultErr),
  });

const hexOf = (bytes: Uint8Array | undefined): string | undefined =>
  bytes?.length ? toHex(bytes.subarray(0, 64)) : undefined;

/** A certificate that the device had enrolled. */
export const toCertificate = (one: CertInfo): JsonMap =>
  defined({
    enrollment: textOf(one.cert_enrollment_profile_name),
    subject: toName(one.subject),
    issuer: toName(one.issuer),
    names: textsOf([...(one.san_dns ?? []), ...(one.san_ip ?? []), ...(one.san_uri ?? []), ...(one.san_email ?? [])]),
    issuedAt: timeOf(one.issue_timestamp),
    expiresAt: timeOf(one.expiration_timestamp),
    renewAtPercent: countOf(one.renew_period_percent),
    sha256: textOf(one.sha256_fingerprint),
    state: certState(one.status),
    error: errorText(one.err),
  });

/** `CN=web,O=Example`. */
const toName = (name: CertDistinguishedName | undefined): string | undefined => {
  if (!name) return undefined;
  const parts: [string, readonly (string | undefined)[]][] = [
    ['CN', [name.common_name]],
    ['SERIALNUMBER', [name.serial_number]],
    ['OU', name.organizational_unit ?? []],
    ['O', name.organization ?? []],
    ['L', name.locality ?? []],
    ['ST', name.state_or_province ?? []],
    ['C', name.country ?? []],
  ];
  return textOf(parts.flatMap(([key, values]) => values.filter(Boolean).map(value => `${key}=${value}`)).join(','));
};
