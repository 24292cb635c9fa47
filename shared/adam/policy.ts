import { isFault } from '../base/fault.ts';
import type { Policy } from '../device/room.ts';
import { decodeKnown } from '../eve/known.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { Store } from '../store/store.ts';
import { readGlobals } from './globals.ts';
import { isKnownGood } from './template.ts';

/**
 * What Adam's options demand of devices. With `enforceTemplateAttestation` a quote must fit a PCR template, and no device
 * gets its config without the token of such a quote; no endpoint is exempt. A device whose token was taken away needs a new
 * one in any case.
 */
export const createPolicy = ({ registry, store }: { registry: Registry; store: Store }): Policy => ({
  async judge(_member, attested) {
    const options = await readGlobals(registry);
    const policy = 'adam';
    if (!options?.enforce) return { accepted: true, reason: 'Accepted', message: 'enforceTemplateAttestation is off' };
    return isKnownGood(options, attested)
      ? { accepted: true, reason: 'Measured', message: 'the quote fits a PCR template', policy }
      : { accepted: false, reason: 'OtherMeasurement', message: 'the quote fits no PCR template', policy };
  },
  async requiresToken({ uuid }) {
    if ((await readGlobals(registry).catch(asEnforced))?.enforce) return true;
    const entry = await store.get('devices', uuid);
    const known = entry && decodeKnown(entry.value);
    return known?.attested !== undefined && known.token === undefined;
  },
});

/** Options that cannot be read let nobody past. */
const asEnforced = (error: unknown) => {
  if (!isFault(error, 'InternalError')) throw error;
  return { enforce: true };
};
