import tls, { type SecureContext } from 'node:tls';

/**
 * What a device trusts for TLS (eve-device-api §1.1): the roots of its system, and `own`, in PEM. Controllers behind a
 * certificate that everybody trusts need no root of their own there; what signs configurations must chain to one all the same.
 */
export const trustForTls = (own: readonly string[]): SecureContext => {
  const key = own.join('\n');
  const context = contexts.get(key) ?? tls.createSecureContext({ ca: [...systemRoots(), ...own] });
  contexts.set(key, context);
  return context;
};

/** Thousands of devices of one installation read the roots of the system once. */
const contexts = new Map<string, SecureContext>();

/** With those that were given to Node.js by its options, where it tells of them: from 22.15 on. */
const systemRoots = (): readonly string[] =>
  typeof tls.getCACertificates === 'function' ? tls.getCACertificates('default') : tls.rootCertificates;
