import type { Controller } from '../eve/controller.ts';
import { addApplications, networksInUse } from './applications.ts';
import { addBaseOS } from './baseos.ts';
import { designate } from './cluster.ts';
import { createDraft, type DraftConfig } from './draft.ts';
import type { Gathered } from './gather.ts';
import { addInstances } from './instances.ts';
import { addNetworks } from './networks.ts';
import { addOptions } from './options.ts';
import { addPatches } from './patches.ts';
import { addPorts } from './ports.ts';
import type { Problem } from './problem.ts';
import { addSystem } from './system.ts';

export interface Composed {
  /** Without version and time: these belong to the moment at which it is served. */
  readonly config: DraftConfig;
  readonly problems: readonly Problem[];
}

/** A Device with this annotation "false" is known, but gets no applications. */
const activateAnnotation = 'eve.lfedge.org/activate';

/**
 * The configuration of one device. Pure: the same objects give the same configuration, whatever the order in which they were
 * written. What cannot be composed is left out and told as a problem; the rest is a working configuration.
 */
export const compose = (from: Gathered, controller: Controller): Composed => {
  const active = from.device.metadata.annotations?.[activateAnnotation] !== 'false';
  const given = active ? from : { ...from, applications: [] };
  const draft = createDraft(given, controller);
  draft.config.id = { uuid: from.uuid };
  draft.config.controllercert_confighash = controller.confighash;
  const ports = addPorts(draft);
  addSystem(draft);
  addOptions(draft);
  const placement = addNetworks(draft, ports);
  const instances = addInstances(draft, placement, ports, networksInUse(given.applications));
  addApplications(draft, instances);
  addPatches(draft);
  addBaseOS(draft);
  designate(draft);
  draft.config.cipherContexts = draft.sealer.contexts();
  return { config: sorted(draft.config), problems: draft.problems };
};

/** Lists in an order that does not depend on the age of objects, where EVE does not read meaning into it. */
export const sorted = (config: DraftConfig): DraftConfig => ({
  ...config,
  contentInfo: [...config.contentInfo].sort(by(one => one.uuid)),
  datastores: [...config.datastores].sort(by(one => one.id)),
  volumes: [...config.volumes].sort(by(one => one.uuid)),
});

const by =
  <T>(key: (item: T) => string | undefined) =>
  (a: T, b: T): number => {
    const [first, second] = [key(a) ?? '', key(b) ?? ''];
    return first < second ? -1 : first > second ? 1 : 0;
  };
