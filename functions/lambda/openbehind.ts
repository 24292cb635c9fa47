import type { Ports } from '../../shared/base/ports.ts';
import { type Behind, openBehind as open } from '../behind.ts';
import { recallIdentity } from '../identity/identity.ts';
import { openTokenKeys } from '../identity/tokenkeys.ts';
import { outbound } from '../node/outbound.ts';
import { accessOf, type Opened, openFunction } from './open.ts';

/** What works behind requests, with what it was opened on; opened once, again when that failed. */
export const openBehind = (
  name: string,
  ports: Ports,
): (() => Promise<{ readonly behind: Behind; readonly opened: Opened }>) => {
  let done: ReturnType<typeof begin> | undefined;
  const begin = async () => {
    const opened = await openFunction(process.env, ports);
    const { store, telemetry, vault } = opened;
    const behind = open({
      ports,
      store,
      telemetry,
      identity: recallIdentity(vault),
      keys: openTokenKeys(vault),
      access: await accessOf(opened),
      outbound,
      name: `${name}-${ports.random.uuid()}`,
    });
    return { behind, opened };
  };
  return () => {
    done ??= begin().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
};
