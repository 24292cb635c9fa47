import type { Controller } from '../eve/controller.ts';
import type { EdgeViewSession } from '../eve/edgeview.ts';
import type { EdgeDevConfig } from '../eve/generated/config.ts';
import type { Gathered } from './gather.ts';
import { type Named, type Problem, toProblem } from './problem.ts';
import { createSealer, type Sealer } from './sealer.ts';

/** A configuration in the making, and what it is made from. */
export interface Draft {
  readonly from: Gathered;
  readonly config: DraftConfig;
  readonly problems: Problem[];
  readonly sealer: Sealer;
  edgeViewToken(session: EdgeViewSession): string;
}

const lists = [
  'apps',
  'networks',
  'datastores',
  'configItems',
  'systemAdapterList',
  'deviceIoList',
  'networkInstances',
  'contentInfo',
  'volumes',
  'vlans',
  'bonds',
  'patchEnvelopes',
] as const;

type List = (typeof lists)[number];

/** The lists are all there, if empty. */
export type DraftConfig = EdgeDevConfig & { [L in List]: NonNullable<EdgeDevConfig[L]> };

export const createDraft = (from: Gathered, controller: Controller): Draft => ({
  from,
  sealer: createSealer(controller, from.keys, from.isBlind),
  edgeViewToken: controller.edgeViewToken,
  problems: [],
  config: {
    apps: [],
    networks: [],
    datastores: [],
    configItems: [],
    systemAdapterList: [],
    deviceIoList: [],
    networkInstances: [],
    contentInfo: [],
    volumes: [],
    vlans: [],
    bonds: [],
    patchEnvelopes: [],
  },
});

/**
 * Adds what one object becomes, wholly or not at all: when `add` throws a Fault, the lists are as before and the Fault
 * becomes a problem. `lacks`: the UUIDs that are then missing.
 */
export const attempt = (draft: Draft, about: Named, lacks: readonly string[], add: () => void): boolean => {
  const lengths = lists.map(list => draft.config[list].length);
  try {
    add();
    return true;
  } catch (error) {
    draft.problems.push(toProblem(error, about, lacks));
    for (const [at, list] of lists.entries()) draft.config[list].length = lengths[at] ?? 0;
    return false;
  }
};
