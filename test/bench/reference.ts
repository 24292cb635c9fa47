import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';

/** V: ECDSA P-256 verifications per second on one thread of this machine, now. */
export const verifyRate = (seconds = 2): number => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const payload = randomBytes(80);
  const signature = sign('sha256', payload, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const once = () => verify('sha256', payload, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature);
  for (let i = 0; i < 500; i++) once();
  let count = 0;
  const start = performance.now();
  while (performance.now() - start < seconds * 1000) for (let i = 0; i < 50; i++, count++) once();
  return count / ((performance.now() - start) / 1000);
};
