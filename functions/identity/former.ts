import { type Pair, recallPair } from './keyring.ts';
import type { Vault } from './vault.ts';

/** Former keys for secrets, the newest first. */
export const recallFormer = (vault: Vault): Pair[] =>
  numbers(vault)
    .sort((a, b) => b - a)
    .map(n => recallPair(vault, `ecdh-former-${n}`));

/** Numbers of the former keys for secrets that are there. */
export const numbers = (vault: Vault): number[] =>
  vault.names().flatMap(name => {
    const [, n] = /^ecdh-former-(\d{1,6})\.pem$/.exec(name) ?? [];
    return n === undefined ? [] : [Number(n)];
  });
