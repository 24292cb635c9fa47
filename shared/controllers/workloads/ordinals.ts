/** A numbered Application of a stateful set. */
export interface Numbered {
  readonly ordinal: number;
  readonly name: string;
  readonly hash: string;
  /** Ready for long enough. */
  readonly isHealthy: boolean;
  readonly isLeaving: boolean;
}

export interface OrdinalBounds {
  /** The first ordinal, and how many there are. */
  readonly start: number;
  readonly replicas: number;
  /** So many, from the first, keep the template that they have. */
  readonly partition: number;
  /** One after the other, each when those before it are healthy. */
  readonly isOrdered: boolean;
  /** False: what has an old template stays until somebody deletes it. */
  readonly isRolling: boolean;
  /** So many may be without service for the sake of an update. At least 1. */
  readonly unavailable: number;
  /** Hashes of the templates before and after the update. */
  readonly current: string;
  readonly update: string;
}

export interface OrdinalPlan {
  readonly create: readonly { readonly ordinal: number; readonly hash: string }[];
  /** Names of Applications that go. */
  readonly remove: readonly string[];
}

/**
 * What a stateful set does next: makes what is missing in order, takes away what is too much from the end, then updates from the
 * end down to the partition. One that is not healthy and has another template than it should have is replaced at once, so that
 * a template that never becomes healthy can be mended.
 */
export const planOrdinals = (bounds: OrdinalBounds, members: readonly Numbered[]): OrdinalPlan => {
  const byOrdinal = new Map(members.map(one => [one.ordinal, one]));
  const end = bounds.start + bounds.replicas;
  const create: { ordinal: number; hash: string }[] = [];
  for (let ordinal = bounds.start; ordinal < end; ordinal += 1) {
    const one = byOrdinal.get(ordinal);
    if (!one) create.push({ ordinal, hash: hashFor(bounds, ordinal) });
    if (!bounds.isOrdered || one?.isHealthy === true) {
      if (!(bounds.isOrdered && one?.isLeaving)) continue;
    }
    const isStuck = one && !one.isLeaving && isOutdated(bounds, one);
    return { create, remove: isStuck ? [one.name] : [] };
  }
  const surplus = members
    .filter(({ ordinal }) => ordinal < bounds.start || ordinal >= end)
    .sort((a, b) => b.ordinal - a.ordinal);
  if (bounds.isOrdered && surplus.length > 0) {
    const isWaiting = surplus.some(({ isLeaving }) => isLeaving);
    return { create, remove: isWaiting ? [] : surplus.slice(0, 1).map(({ name }) => name) };
  }
  const removed = surplus.filter(({ isLeaving }) => !isLeaving).map(({ name }) => name);
  return { create, remove: [...removed, ...outdated(bounds, byOrdinal)] };
};

const hashFor = ({ start, partition, isRolling, current, update }: OrdinalBounds, ordinal: number): string =>
  isRolling && ordinal < start + partition ? current : update;

const isOutdated = (bounds: OrdinalBounds, { ordinal, hash }: Numbered): boolean =>
  bounds.isRolling && hash !== hashFor(bounds, ordinal) && ordinal >= bounds.start + bounds.partition;

const outdated = (bounds: OrdinalBounds, byOrdinal: ReadonlyMap<number, Numbered>): string[] => {
  const wanted = Array.from({ length: bounds.replicas }, (_, at) => byOrdinal.get(bounds.start + at));
  let left = bounds.unavailable - wanted.filter(one => !one?.isHealthy || one.isLeaving).length;
  const names: string[] = [];
  for (const one of wanted.reverse()) {
    if (!one || one.isLeaving || !isOutdated(bounds, one)) continue;
    if (one.isHealthy && left <= 0) continue;
    if (one.isHealthy) left -= 1;
    names.push(one.name);
  }
  return names;
};
