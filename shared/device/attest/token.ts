import { equal, fromBase64, sha256, toBase64 } from '../../base/bytes.ts';
import type { Known } from '../../eve/known.ts';

/** How an integrity token is kept: who reads the store learns none. */
export const keepToken = (token: Uint8Array): string => toBase64(sha256(token));

/** Whether a device shows the token of its last accepted quote. */
export const isToken = ({ token }: Known, shown: Uint8Array): boolean =>
  token !== undefined && shown.length > 0 && equal(fromBase64(token), sha256(shown));
