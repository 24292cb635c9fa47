import { matchesLabels } from '../../kube/select/labels.ts';
import type { Candidate } from './candidate.ts';
import type { Demand, Term } from './demand.ts';
import { type Holder, isInCluster, type Place, topologyOf } from './world.ts';

/** What the Applications that are placed already mean for one that is not: reckoned once, asked for every Device. */
export interface Neighbours {
  /** False where a required anti-affinity, of either side, forbids it. */
  isFarEnough(device: Candidate): boolean;
  /** False where a required affinity is not met. */
  isNearEnough(device: Candidate): boolean;
  /** A PersistentVolumeClaim of the Application that another Device has already: a claim is on one Device at a time. */
  findMissingClaim(device: Candidate): string | undefined;
  /** Weights of the preferred terms that are met, less those of anti-affinity. */
  score(device: Candidate): number;
}

export const toNeighbours = (place: Place, demand: Demand): Neighbours => {
  const apart = demand.apart.required.map(term => toRegion(place, demand, term));
  const shunned = [...place.aloof].flatMap(name => keptAwayBy(place, place.applications.get(name), demand));
  const together = demand.together.required.map(term => toRegion(place, demand, term));
  const liked = demand.together.preferred.map(term => ({ region: toRegion(place, demand, term), weight: term.weight }));
  const disliked = demand.apart.preferred.map(term => ({
    region: toRegion(place, demand, term),
    weight: -term.weight,
  }));
  const holders = holdersOf(place, demand);
  return {
    isFarEnough: device => ![...apart, ...shunned].some(region => isIn(region, device)),
    isNearEnough: device => together.every(region => isNear(region, device, demand)),
    findMissingClaim: ({ metadata }) =>
      demand.claims.find(claim => {
        const holder = holders.get(claim);
        if (!holder || holder.device === metadata.name) return false;
        return demand.cluster === undefined || !(holder.isShared || isInCluster(place, demand, holder.device));
      }),
    score: device =>
      [...liked, ...disliked].reduce((sum, { region, weight }) => sum + (isIn(region, device) ? weight : 0), 0),
  };
};

/** Devices that have the volumes of the claims, or whose Applications already mount them. */
const holdersOf = (place: Place, { name, claims }: Demand): Map<string, Holder> => {
  const holders = new Map<string, Holder>();
  if (claims.length === 0) return holders;
  for (const other of place.applications.values())
    if (other.device !== undefined && other.name !== name)
      for (const claim of other.claims) holders.set(claim, { device: other.device, isForOne: false, isShared: false });
  for (const claim of claims) {
    const holder = place.volumes.get(claim);
    if (holder !== undefined && holder.device !== '') holders.set(claim, holder);
  }
  return holders;
};

/** The places, by a topology key, where the Applications of a term are. */
interface Region {
  readonly term: Term;
  readonly values: ReadonlySet<string>;
}

const toRegion = (place: Place, demand: Demand, term: Term): Region => {
  const values = new Set<string>();
  for (const [name, { labels, device }] of place.applications) {
    if (name === demand.name || device === undefined || !selects(term, labels)) continue;
    const value = valueAt(place, device, term);
    if (value !== undefined) values.add(value);
  }
  return { term, values };
};

/** Where an Application that is placed does not want this one to be. */
const keptAwayBy = (place: Place, other: Demand | undefined, demand: Demand): Region[] => {
  if (other?.device === undefined || other.name === demand.name) return [];
  const { device } = other;
  return other.apart.required
    .filter(term => selects(term, demand.labels))
    .map(term => {
      const value = valueAt(place, device, term);
      return { term, values: new Set(value === undefined ? [] : [value]) };
    });
};

const selects = ({ selector }: Term, labels: Readonly<Record<string, string>>): boolean =>
  selector !== undefined && matchesLabels(selector, labels);

const valueAt = (place: Place, device: string, { topologyKey }: Term): string | undefined => {
  const candidate = place.devices.get(device);
  return candidate && topologyOf(candidate, topologyKey);
};

const isIn = ({ term, values }: Region, device: Candidate): boolean => {
  const value = topologyOf(device, term.topologyKey);
  return value !== undefined && values.has(value);
};

/** The first of a group that wants to be together may begin anywhere. */
const isNear = (region: Region, device: Candidate, demand: Demand): boolean => {
  const isFirst = region.values.size === 0 && selects(region.term, demand.labels);
  return isFirst ? topologyOf(device, region.term.topologyKey) !== undefined : isIn(region, device);
};
