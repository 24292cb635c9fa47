import { children, Malformed, tags, take, toOid } from './der.ts';

/**
 * The extended key usages of a DER certificate (RFC 5280 §4.2.1.12) as dotted OIDs, in its order; undefined when it does not
 * say, which allows every use. A certificate that cannot be read, or says it twice, is for none. Read here because workerd's
 * `X509Certificate` fails where a certificate says it.
 */
export const readUses = (der: Uint8Array): readonly string[] | undefined => {
  try {
    const [said, again] = extensionsOf(der).filter(([id]) => toOid(take(id, tags.objectId)) === extendedKeyUsage);
    if (again) return [];
    if (!said) return undefined;
    const [uses] = children(take(said.at(-1), octets));
    return children(take(uses, tags.sequence)).map(use => toOid(take(use, tags.objectId)));
  } catch (error) {
    if (error instanceof Malformed) return [];
    throw error;
  }
};

const extendedKeyUsage = '2.5.29.37';
const explicitExtensions = 0xa3;
const octets = 0x04;

/** Certificate → tbsCertificate → extensions, each: its id, perhaps whether it is critical, and its value. */
const extensionsOf = (der: Uint8Array) => {
  const [certificate] = children(der);
  const [tbs] = children(take(certificate, tags.sequence));
  const last = children(take(tbs, tags.sequence)).find(({ tag }) => tag === explicitExtensions);
  if (!last) return [];
  const [list] = children(last.body);
  return children(take(list, tags.sequence)).map(extension => children(take(extension, tags.sequence)));
};
