import { children, Malformed, tags, take, toOid, toText } from './der.ts';

/** Attributes of a certificate's subject by dotted OID, values in the order of the certificate. */
export type SubjectAttributes = ReadonlyMap<string, readonly string[]>;

export const commonName = '2.5.4.3';
export const organization = '2.5.4.10';
/** Kubernetes' own attribute for the user's UID. */
export const userUid = '1.3.6.1.4.1.57683.2';

/**
 * Reads the subject of a DER certificate exactly, value by value: printed forms of names are ambiguous. Undefined when the
 * bytes are not a certificate (RFC 5280 §4.1).
 */
export const readSubject = (der: Uint8Array): SubjectAttributes | undefined => {
  try {
    return attributesOf(subjectOf(der));
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
};

const explicitVersion = 0xa0;

/** Certificate → tbsCertificate → (version) serialNumber signature issuer validity → subject. */
const subjectOf = (der: Uint8Array): Uint8Array => {
  const [certificate] = children(der);
  const [tbs] = children(take(certificate, tags.sequence));
  const fields = children(take(tbs, tags.sequence));
  const first = fields[0]?.tag === explicitVersion ? 1 : 0;
  return take(fields[first + 4], tags.sequence);
};

/** The attributes of a name, from the values in it. */
export const attributesOf = (name: Uint8Array): SubjectAttributes => {
  const attributes = new Map<string, string[]>();
  for (const relative of children(name)) {
    for (const pair of children(take(relative, tags.set))) {
      const [type, value] = children(take(pair, tags.sequence));
      if (!value) throw new Malformed();
      const oid = toOid(take(type, tags.objectId));
      attributes.set(oid, [...(attributes.get(oid) ?? []), toText(value)]);
    }
  }
  return attributes;
};
