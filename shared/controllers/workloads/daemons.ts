/** A Device as a DaemonSet sees it. */
export interface Place {
  readonly name: string;
  /** It gets an Application. */
  readonly shouldRun: boolean;
  /** It keeps the one that it has. */
  readonly mayKeep: boolean;
}

export interface Daemon {
  readonly name: string;
  /** The Device that it is on or meant for; undefined while that is open. */
  readonly place: string | undefined;
  /** Made from the template as it is now. */
  readonly isCurrent: boolean;
  readonly isAvailable: boolean;
  readonly isLeaving: boolean;
  readonly createdAt: number;
}

export interface DaemonBounds {
  /** False: what has an old template stays until somebody deletes it. */
  readonly isRolling: boolean;
  readonly surge: number;
  readonly unavailable: number;
}

export interface DaemonPlan {
  /** Devices that get an Application. */
  readonly create: readonly string[];
  /** Names of Applications that go. */
  readonly remove: readonly string[];
}

/**
 * One Application on every Device that should have one, and none elsewhere. A rolling update takes away no more available ones
 * than keeps at most `unavailable` Devices without, or puts new ones beside the old on at most `surge` Devices at a time.
 */
export const planDaemons = (places: readonly Place[], daemons: readonly Daemon[], bounds: DaemonBounds): DaemonPlan => {
  const known = new Set(places.map(({ name }) => name));
  const create: string[] = [];
  const remove = daemons.filter(one => !one.isLeaving && one.place !== undefined && !known.has(one.place));
  const settled: Settled[] = [];
  const byPlace = groupByPlace(daemons);
  for (const { name, shouldRun, mayKeep } of places) {
    const here = byPlace.get(name) ?? [];
    const staying = here.filter(one => !one.isLeaving);
    if (!mayKeep) {
      remove.push(...staying);
      continue;
    }
    if (shouldRun && here.length === 0) create.push(name);
    const fresh = pick(staying.filter(one => one.isCurrent));
    const old = pick(staying.filter(one => !one.isCurrent));
    // Of several of one template the one that serves, or else the oldest, stays.
    remove.push(...staying.filter(one => one !== fresh && one !== old));
    if (shouldRun || staying.length > 0) settled.push({ name, shouldRun, fresh, old });
  }
  if (!bounds.isRolling)
    for (const { fresh, old } of settled) remove.push(...(fresh && old ? [younger(fresh, old)] : []));
  else if (bounds.surge > 0) rollBeside(settled, bounds.surge, create, remove);
  else rollInPlace(settled, bounds.unavailable, remove);
  return { create, remove: remove.map(({ name }) => name) };
};

interface Settled {
  readonly name: string;
  readonly shouldRun: boolean;
  readonly fresh: Daemon | undefined;
  readonly old: Daemon | undefined;
}

const groupByPlace = (daemons: readonly Daemon[]): Map<string, Daemon[]> => {
  const groups = new Map<string, Daemon[]>();
  for (const one of daemons) {
    if (one.place === undefined) continue;
    const group = groups.get(one.place);
    if (group) group.push(one);
    else groups.set(one.place, [one]);
  }
  return groups;
};

const pick = (daemons: readonly Daemon[]): Daemon | undefined =>
  [...daemons].sort(
    (a, b) => Number(b.isAvailable) - Number(a.isAvailable) || a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1),
  )[0];

const younger = (a: Daemon, b: Daemon): Daemon => (a.createdAt > b.createdAt ? a : b);

const rollInPlace = (settled: readonly Settled[], unavailable: number, remove: Daemon[]): void => {
  const isServed = ({ fresh, old }: Settled): boolean => fresh?.isAvailable === true || old?.isAvailable === true;
  let left = unavailable - settled.filter(one => !isServed(one)).length;
  for (const { fresh, old } of settled) {
    if (!old) continue;
    // A new one that serves replaces the old one; an old one that does not serve is nothing to lose.
    if (fresh?.isAvailable || !old.isAvailable) remove.push(old);
    else if (left > 0) {
      left -= 1;
      remove.push(old);
    }
  }
};

const rollBeside = (settled: readonly Settled[], surge: number, create: string[], remove: Daemon[]): void => {
  let left = surge - settled.filter(({ fresh, old }) => fresh && !fresh.isAvailable && old?.isAvailable).length;
  for (const { name, shouldRun, fresh, old } of settled) {
    if (!old) continue;
    if (fresh?.isAvailable) remove.push(old);
    // A Device that may only keep what it has gets no new one: what serves stays, what does not is nothing to lose.
    else if (!shouldRun) remove.push(...(old.isAvailable ? [] : [old]));
    else if (!fresh && !old.isAvailable) create.push(name);
    else if (!fresh && left > 0) {
      left -= 1;
      create.push(name);
    }
  }
};
