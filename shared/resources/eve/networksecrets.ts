import type { NetworkConfigSpec } from './networkconfig.ts';

/** Secrets that a NetworkConfig names. */
export const networkSecrets = (one: NetworkConfigSpec): { name: string; key: string }[] =>
  [
    ...(one.wifi ?? []).flatMap(net => [net.identitySecret, net.passwordSecret]),
    ...(one.cellular?.accessPoints ?? []).flatMap(({ usernameSecret, passwordSecret, attach }) => [
      usernameSecret,
      passwordSecret,
      attach?.usernameSecret,
      attach?.passwordSecret,
    ]),
  ].filter(ref => ref !== undefined);
