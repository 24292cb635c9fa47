import { EAPMethod, HashAlgorithm, KeyType, type SCEPProfile } from '../eve/generated/config.ts';
import type { DeviceSpec } from '../resources/eve/devicespec.ts';
import type { Draft } from './draft.ts';
import { toPems } from './pem.ts';
import { readOptionalSecret, seal } from './secrets.ts';

/** Certificates that the device gets by SCEP, and the ports that show them (EVE reference §6.14). */
export const addEnrollments = (draft: Draft, spec: DeviceSpec): void => {
  draft.config.scep_profiles = spec.certificateEnrollments?.map((one, at) =>
    toScep(draft, one, `spec.certificateEnrollments[${at}].challengePasswordSecret`),
  );
  // Not without the certificates: while one of them is missing, that is what there is to say.
  draft.config.pnacs = spec.portAccess?.map(one => ({
    logicallabel: one.port,
    eap_identity: one.identity,
    eap_method: EAPMethod.EAP_METHOD_TLS,
    cert_enrollment_profile_name: one.enrollment,
  }));
};

type Enrollment = NonNullable<DeviceSpec['certificateEnrollments']>[number];

const keyTypes = {
  RSA2048: KeyType.KEY_TYPE_RSA_2048,
  RSA3072: KeyType.KEY_TYPE_RSA_3072,
  RSA4096: KeyType.KEY_TYPE_RSA_4096,
  ECDSAP256: KeyType.KEY_TYPE_ECDSA_P256,
  ECDSAP384: KeyType.KEY_TYPE_ECDSA_P384,
  ECDSAP521: KeyType.KEY_TYPE_ECDSA_P521,
};

const hashes = {
  SHA256: HashAlgorithm.HASH_ALGORITHM_SHA256,
  SHA384: HashAlgorithm.HASH_ALGORITHM_SHA384,
  SHA512: HashAlgorithm.HASH_ALGORITHM_SHA512,
};

/** `field`: path of the challenge's Secret. */
const toScep = (draft: Draft, one: Enrollment, field: string): SCEPProfile => ({
  profile_name: one.name,
  scep_url: one.url,
  use_controller_proxy: one.useControllerProxy,
  scep_challenge_password: seal(
    draft,
    `scep/${one.name}`,
    { scep_challenge_password: readOptionalSecret(draft, one.challengePasswordSecret, field) },
    field,
  ),
  ca_cert_pem: toPems(one.caCertificates),
  csr_profile: {
    common_name: one.subject?.commonName,
    organization: one.subject?.organization,
    organizational_unit: one.subject?.organizationalUnit,
    country: one.subject?.country,
    state: one.subject?.state,
    locality: one.subject?.locality,
    san_dns: one.alternativeNames?.dns,
    san_ip: one.alternativeNames?.ip,
    san_uri: one.alternativeNames?.uri,
    san_email: one.alternativeNames?.email,
    renew_period_percent: one.renewPeriodPercent,
    key_type: one.keyType && keyTypes[one.keyType],
    hash_algorithm: one.hashAlgorithm && hashes[one.hashAlgorithm],
  },
});
