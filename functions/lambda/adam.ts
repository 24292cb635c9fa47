import { createFleet } from '../../shared/controllers/enrol.ts';
import { type AdamParts, type AdamSettings, openAdam } from '../adam.ts';
import type { Fetch } from '../fetch.ts';

/** Adam's API, where another function serves devices. Few want it: it is loaded where it is served. */
export const openAdamAlone = (settings: AdamSettings, parts: Omit<AdamParts, 'fleet'>): Fetch => {
  const { registry, store, ports } = parts;
  const fleet = createFleet({ registry: async () => registry, store, ...ports });
  return openAdam(settings, { ...parts, fleet }).fetch;
};
