import { matchesNodeAffinity, namesOf, scoreNodeAffinity } from '../../kube/select/affinity.ts';
import type { Candidate, Taint } from './candidate.ts';
import type { Demand, Toleration } from './demand.ts';
import { type Neighbours, toNeighbours } from './neighbours.ts';
import { isInCluster, type Place, residentsOf } from './world.ts';

/** The Device to bind to, or why there is none, in words that tell a user what to change. */
export type Choice = { readonly device: Candidate } | { readonly device?: never; readonly why: string };

/**
 * Chooses among the Devices of a namespace: those that take Applications, match node selector and required affinities, whose
 * taints are tolerated, and that have room; the best score wins, then the emptier Device, then the name.
 */
export const choose = (place: Place, demand: Demand): Choice => {
  const names = namesOf(demand.nodeAffinity, demand.nodeSelector);
  const considered = names ? names.flatMap(name => place.devices.get(name) ?? []) : [...place.devices.values()];
  const neighbours = toNeighbours(place, demand);
  const reasons = new Map<string, number>();
  let best: Candidate | undefined;
  let bestRank: Rank | undefined;
  if (demand.cluster !== undefined && !place.clusters.has(demand.cluster))
    return { why: `There is no DeviceCluster "${demand.cluster}" in namespace "${demand.namespace}".` };
  const occupied = findOccupied(place, demand);
  if (occupied !== undefined) return { why: occupied };
  for (const device of considered) {
    const obstacle = findObstacle(place, demand, device, neighbours);
    if (obstacle !== undefined) reasons.set(obstacle, (reasons.get(obstacle) ?? 0) + 1);
    else {
      const rank = toRank(place, demand, device, neighbours);
      if (!bestRank || isBetter(rank, bestRank)) [best, bestRank] = [device, rank];
    }
  }
  return best ? { device: best } : { why: explain(place, demand, names, reasons) };
};

/** Why a claim that one Application at a time may mount is not for this one. */
const findOccupied = (place: Place, { name, claims }: Demand): string | undefined => {
  for (const claim of claims) {
    if (!place.volumes.get(claim)?.isForOne) continue;
    for (const other of place.applications.values())
      if (other.device !== undefined && other.name !== name && other.claims.includes(claim))
        return `PersistentVolumeClaim "${claim}" is ReadWriteOncePod, and Application "${other.name}" mounts it.`;
  }
  return undefined;
};

/** Whether one Device could take an Application now. */
export const fits = (place: Place, demand: Demand, device: Candidate): boolean =>
  // Most do not match at all, and what the neighbours mean is not worth reckoning for them.
  matchesNodeAffinity(demand.nodeAffinity, demand.nodeSelector, device) &&
  findObstacle(place, demand, device, toNeighbours(place, demand)) === undefined;

const findObstacle = (place: Place, demand: Demand, device: Candidate, neighbours: Neighbours): string | undefined => {
  if (!matchesNodeAffinity(demand.nodeAffinity, demand.nodeSelector, device))
    return "didn't match nodeSelector or node affinity";
  if (!isInCluster(place, demand, device.metadata.name))
    return `weren't nodes of DeviceCluster "${demand.cluster}" that start applications`;
  if (!device.isOpen) return 'took no new Applications (deleted or deactivated)';
  const taint = device.taints.find(one => one.effect !== 'PreferNoSchedule' && !isTolerated(one, demand.tolerations));
  if (taint) return `had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (!neighbours.isFarEnough(device)) return "didn't satisfy anti-affinity rules";
  if (!neighbours.isNearEnough(device)) return "didn't satisfy affinity rules";
  const claim = neighbours.findMissingClaim(device);
  if (claim !== undefined) return `didn't hold the PersistentVolumeClaim "${claim}"`;
  const taken = findTaken(place, demand, device);
  if (taken !== undefined) return `had their ${taken} taken`;
  const lacking = findLack(place, demand, device);
  return lacking === undefined ? undefined : `had insufficient ${lacking}`;
};

/** What another Application of the Device has, of that which there is once. */
const findTaken = (place: Place, { name, singular }: Demand, device: Candidate): string | undefined => {
  if (singular.length === 0) return undefined;
  for (const other of residentsOf(place, device.metadata.name)) {
    const taken = other.name === name ? undefined : singular.find(one => other.singular.includes(one));
    if (taken !== undefined) return taken;
  }
  return undefined;
};

/** Known by every device once it has reported; until then they do not limit. Anything else must be offered by name. */
const ordinary = new Set(['cpu', 'memory', 'storage', 'ephemeral-storage']);

const findLack = (place: Place, demand: Demand, device: Candidate): string | undefined => {
  for (const [name, wanted] of demand.requests) {
    const offered = device.allocatable.get(name) ?? (ordinary.has(name) ? undefined : 0n);
    if (offered === undefined || wanted === 0n) continue;
    let used = 0n;
    for (const other of residentsOf(place, device.metadata.name))
      if (other.name !== demand.name) used += other.requests.get(name) ?? 0n;
    if (used + wanted > offered) return name;
  }
  return undefined;
};

/** Whether one of the tolerations bears a taint. */
export const isTolerated = (taint: Taint, tolerations: readonly Toleration[]): boolean =>
  tolerations.some(
    ({ key = '', operator = 'Equal', value = '', effect = '' }) =>
      (effect === '' || effect === taint.effect) &&
      (key === '' ? operator === 'Exists' : key === taint.key) &&
      (operator === 'Exists' || value === (taint.value ?? '')),
  );

interface Rank {
  readonly score: number;
  readonly residents: number;
  readonly name: string;
}

/** A Device that checks in is worth more than any wish: on a silent one nothing happens. */
const readyBonus = 100_000;
const taintMalus = 100;

const toRank = (place: Place, demand: Demand, device: Candidate, neighbours: Neighbours): Rank => ({
  score:
    (device.isReady ? readyBonus : 0) +
    scoreNodeAffinity(demand.nodeAffinity, device) +
    neighbours.score(device) -
    taintMalus * device.taints.filter(one => !isTolerated(one, demand.tolerations)).length,
  residents: place.residents.get(device.metadata.name)?.size ?? 0,
  name: device.metadata.name,
});

const isBetter = (a: Rank, b: Rank): boolean => {
  if (a.score !== b.score) return a.score > b.score;
  if (a.residents !== b.residents) return a.residents < b.residents;
  return a.name < b.name;
};

const explain = (
  place: Place,
  demand: Demand,
  names: readonly string[] | undefined,
  reasons: ReadonlyMap<string, number>,
): string => {
  const missing = (names ?? []).filter(name => !place.devices.has(name));
  if (place.devices.size === 0 && missing.length === 0) return `There is no Device in namespace "${demand.namespace}".`;
  if (missing.length > 0 && reasons.size === 0)
    return `There is no Device ${missing.map(name => `"${name}"`).join(' or ')} in namespace "${demand.namespace}".`;
  const counted = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort();
  const others = place.devices.size - [...reasons.values()].reduce((sum, count) => sum + count, 0);
  if (others > 0) counted.push(`${others} had another name`);
  return `0/${place.devices.size} Devices are available: ${counted.join(', ')}.`;
};
