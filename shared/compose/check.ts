import { isUuid } from '../base/uuid.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import { checkApps } from './checkapps.ts';
import { type CipherParties, checkCiphers } from './checkciphers.ts';
import { type Counters, checkCounters } from './checkcounters.ts';
import { checkInstances } from './checkinstances.ts';
import { checkPatches } from './checkpatches.ts';
import { checkPorts } from './checkports.ts';
import { checkStorage } from './checkstorage.ts';
import { checkSystem } from './checksystem.ts';

/** Says what is wrong, and where. */
export type Complain = (path: string, message: string) => void;

export interface CheckContext extends CipherParties {
  /** The device's UUID. */
  readonly uuid: string;
  /** The counters in what the device is served now, if anything. */
  readonly before: Counters | undefined;
}

/**
 * All that would crash a device, stall it without a word, or lose it (EVE reference §6, §6.15). A configuration with any of
 * it is never served, whoever wrote it. Texts read `path: what is wrong`.
 */
export const check = (config: EdgeDevConfig, context: CheckContext): string[] => {
  const problems: string[] = [];
  const complain: Complain = (path, message) => problems.push(`${path}: ${message}`);
  if (config.id?.uuid?.toLowerCase() !== context.uuid) complain('id.uuid', `must be ${context.uuid}`);
  if (!config.reboot) complain('reboot', 'must be there, or the device forgets its counter');
  if (!config.shutdown) complain('shutdown', 'must be there, or the device forgets its counter');
  checkIds(config, complain);
  checkPorts(config, complain);
  checkInstances(config, complain);
  checkStorage(config, complain);
  checkApps(config, complain);
  checkPatches(config, complain);
  checkSystem(config, complain);
  checkCiphers(config, context, complain);
  if (context.before) checkCounters(config, context.before, complain);
  return problems;
};

/** Every id is a UUID and unique in its list; `uuidandversion` is there where a device relies on it. */
const checkIds = (config: EdgeDevConfig, complain: Complain): void => {
  const lists: [string, (string | undefined)[]][] = [
    ['networks', (config.networks ?? []).map(one => one.id)],
    ['datastores', (config.datastores ?? []).map(one => one.id)],
    ['contentInfo', (config.contentInfo ?? []).map(one => one.uuid)],
    ['volumes', (config.volumes ?? []).map(one => one.uuid)],
    ['networkInstances', (config.networkInstances ?? []).map(one => one.uuidandversion?.uuid)],
    ['apps', (config.apps ?? []).map(one => one.uuidandversion?.uuid)],
    ['patchEnvelopes', (config.patchEnvelopes ?? []).map(one => one.uuid)],
  ];
  for (const [name, ids] of lists) {
    const seen = new Set<string>();
    for (const [at, id] of ids.entries()) {
      if (!isUuid(id)) complain(`${name}[${at}]`, `has ${id ? `the id "${id}", which is no UUID` : 'no id'}`);
      else if (seen.has(id.toLowerCase())) complain(`${name}[${at}]`, `has the id ${id} like another one`);
      else seen.add(id.toLowerCase());
    }
  }
};
