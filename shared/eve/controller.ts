import { Buffer } from 'node:buffer';
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { fromUtf8, sha256, toBase64Url } from '../base/bytes.ts';
import { encode } from '../base/protobuf.ts';
import { certHash, toZCert } from './certs.ts';
import { type EdgeViewSession, edgeViewToken } from './edgeview.ts';
import { isHashOf, openEnvelope, sealEnvelope } from './envelope.ts';
import { ZCertType } from './generated/certs.ts';
import { eve } from './generated/table.ts';

/** Who the controller is to devices. */
export interface Controller {
  /** Signs a payload: the encoded AuthContainer. */
  seal(payload: Uint8Array): Uint8Array;
  /**
   * What a controller has sealed, as this one would have: the same bytes unless it was signed with another certificate than the one
   * that `certs` tells of, which a device would not take.
   */
  reseal(container: Uint8Array): Uint8Array;
  /** The answer to `/certs`, signed. */
  readonly certs: Uint8Array;
  /** For `EdgeDevConfig.controllercert_confighash`: changes exactly when the list of certificates does. */
  readonly confighash: string;
  /** The token of a session of EdgeView; the same for the same session. */
  edgeViewToken(session: EdgeViewSession): string;
  /** With which secrets are encrypted: of `exchanges` the newest, where nothing says otherwise. */
  readonly ecdh: Exchange;
  /** All that devices are told, the newest first: while one takes the place of another, both are there. */
  readonly exchanges: readonly [Exchange, ...Exchange[]];
}

/** A key for secrets, and the name of its certificate in cipher contexts. */
export interface Exchange {
  readonly key: KeyObject;
  readonly certHash: Uint8Array;
}

export interface ControllerIdentity {
  readonly signing: KeyAndCertificate;
  readonly ecdh: KeyAndCertificate;
  /** What `ecdh` took the place of, and what some devices still use; the newest first. */
  readonly formerEcdh?: readonly KeyAndCertificate[];
  /** PEM of what stands between the two and the devices' root. */
  readonly intermediates?: readonly string[];
}

interface KeyAndCertificate {
  readonly key: KeyObject;
  /** The bytes of this text are what devices hash: it must never be reformatted. */
  readonly certificatePem: string;
}

/** Throws when a key does not belong to its certificate. */
export const createController = (identity: ControllerIdentity): Controller => {
  const { signing, ecdh, formerEcdh = [], intermediates = [] } = identity;
  for (const pair of [signing, ecdh, ...formerEcdh]) requireMatch(pair);
  const signingPem = fromUtf8(signing.certificatePem);
  const certs = [
    toZCert(signingPem, ZCertType.CERT_TYPE_CONTROLLER_SIGNING),
    ...intermediates.map(pem => toZCert(fromUtf8(pem), ZCertType.CERT_TYPE_CONTROLLER_INTERMEDIATE)),
    ...[...formerEcdh].reverse().map(toExchangeCert),
    toExchangeCert(ecdh),
  ];
  const newest = toExchange(ecdh);
  const seal = (payload: Uint8Array) => sealEnvelope(payload, { key: signing.key, certificate: signingPem });
  return {
    seal,
    reseal(container) {
      const { payload, certHash } = openEnvelope(container);
      return isHashOf(certHash, signingPem) ? container : seal(payload);
    },
    certs: seal(encode(eve, 'certs.ZControllerCert', { certs })),
    confighash: toBase64Url(sha256(Buffer.concat(certs.map(cert => sha256(cert.cert ?? new Uint8Array()))))),
    edgeViewToken: session => edgeViewToken(signing.key, session),
    ecdh: newest,
    exchanges: [newest, ...formerEcdh.map(toExchange)],
  };
};

const toExchange = ({ key, certificatePem }: KeyAndCertificate): Exchange => ({
  key,
  certHash: certHash(fromUtf8(certificatePem)),
});

const toExchangeCert = ({ certificatePem }: KeyAndCertificate) =>
  toZCert(fromUtf8(certificatePem), ZCertType.CERT_TYPE_CONTROLLER_ECDH_EXCHANGE);

const requireMatch = ({ key, certificatePem }: KeyAndCertificate): void => {
  const certificate = new X509Certificate(certificatePem);
  // By their bytes: in workerd, the keys of a certificate and of a file are never equal.
  if (!toDer(createPublicKey(key)).equals(toDer(certificate.publicKey))) {
    throw new Error(`the key of ${certificate.subject} is not the one in its certificate`);
  }
};

const toDer = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });
