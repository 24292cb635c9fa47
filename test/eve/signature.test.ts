import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { signPayload, verifyPayload } from '../../shared/eve/signature.ts';

const beginnings: Record<string, (byte: number) => boolean> = {
  'a zero': byte => byte === 0,
  'a set bit': byte => byte >= 0x80,
  neither: byte => byte > 0 && byte < 0x80,
};

test.each(['P-256', 'P-384'].flatMap(curve => Object.keys(beginnings).map(beginning => ({ curve, beginning }))))(
  'a signature on $curve is verified whose numbers begin with $beginning',
  async ({ curve, beginning }) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
    const isSo = beginnings[beginning] ?? (() => false);
    for (const at of [0, 0.5]) {
      let payload: Uint8Array;
      let signature: Uint8Array;
      do {
        payload = randomBytes(20);
        signature = signPayload(payload, privateKey);
      } while (!isSo(signature[at * signature.length] ?? -1));
      expect(await verifyPayload(payload, signature, publicKey)).toBe(true);
      const other = Uint8Array.from(signature);
      other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
      expect(await verifyPayload(payload, other, publicKey)).toBe(false);
    }
  },
);
