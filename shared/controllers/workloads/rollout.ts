/** Applications of one template of a deployment: how many are wanted, and how many are of use. */
export interface Slice {
  readonly wanted: number;
  readonly available: number;
  /** `desired` and `desired + surge` when `wanted` was decided; undefined before the first decision. */
  readonly desired?: number | undefined;
  readonly max?: number | undefined;
}

export interface Bounds {
  readonly desired: number;
  /** So many more than desired may be wanted at a time. */
  readonly surge: number;
  /** So many of the desired may be unavailable. At least 1 when a rolling update has no surge. */
  readonly unavailable: number;
}

/** What is wanted of every slice: the current template's, which is undefined while it has no revision, and the old ones', oldest first. */
export interface Wanted {
  readonly current: number;
  readonly old: readonly number[];
}

/**
 * One step of a rolling update: never more than `desired + surge` wanted by what it adds, and never fewer available than
 * `desired − unavailable` by what it takes away. What is unavailable goes first.
 */
export const planRolling = ({ desired, surge, unavailable }: Bounds, current: Slice, old: readonly Slice[]): Wanted => {
  const oldWanted = sum(old.map(({ wanted }) => wanted));
  const room = Math.max(0, desired + surge - oldWanted - current.wanted);
  const fresh = current.wanted > desired ? desired : current.wanted + Math.min(room, desired - current.wanted);
  const minAvailable = Math.max(0, desired - unavailable);
  const inUse = Math.min(fresh, current.available);
  const mayGo = oldWanted + fresh - minAvailable - (fresh - inUse);
  const healthy = withoutUnhealthy(old, Math.max(0, mayGo));
  const available = inUse + sum(healthy.map(one => Math.min(one.wanted, one.available)));
  let excess = mayGo > 0 ? Math.max(0, available - minAvailable) : 0;
  return {
    current: fresh,
    old: healthy.map(({ wanted }) => {
      const less = Math.min(wanted, excess);
      excess -= less;
      return wanted - less;
    }),
  };
};

const withoutUnhealthy = (old: readonly Slice[], most: number): Slice[] => {
  let left = most;
  return old.map(one => {
    const less = Math.min(left, Math.max(0, one.wanted - one.available));
    left -= less;
    return { ...one, wanted: one.wanted - less };
  });
};

/** All old ones go before the first new one comes. `isEmpty`: none of the old is there any more. */
export const planRecreate = ({ desired }: Bounds, current: Slice, old: readonly Slice[], isEmpty: boolean): Wanted => ({
  current: isEmpty ? desired : Math.min(current.wanted, desired),
  old: old.map(() => 0),
});

/** Whether the number of replicas was changed since the last decision. */
export const isScaled = ({ desired }: Bounds, slices: readonly Slice[]): boolean =>
  slices.some(one => one.wanted > 0 && one.desired !== undefined && one.desired !== desired);

/**
 * Spreads a new number of replicas over the templates in use in proportion to their sizes, so that a rollout that is half done,
 * or paused, stays as risky as it was.
 */
export const planScale = (
  bounds: Bounds,
  current: Slice | undefined,
  old: readonly Slice[],
  isRolling: boolean,
): Wanted => {
  const slices: readonly Slice[] = [...old, current ?? none];
  const active = slices.flatMap((one, at) => (one.wanted > 0 ? [at] : []));
  const wanted = slices.map(one => one.wanted);
  const only =
    active.length === 1 ? active[0] : active.length === 0 ? (current ? old.length : old.length - 1) : undefined;
  if (only !== undefined) {
    if (only >= 0) wanted[only] = bounds.desired;
  } else if (current && isSaturated(bounds, current)) wanted.fill(0, 0, old.length);
  else if (isRolling) spread(bounds, slices, active, wanted);
  return { current: wanted.pop() ?? 0, old: wanted };
};

const none: Slice = { wanted: 0, available: 0 };

const isSaturated = ({ desired }: Bounds, one: Slice): boolean =>
  one.wanted === desired && one.desired === desired && one.available >= desired;

const spread = (
  { desired, surge }: Bounds,
  slices: readonly Slice[],
  active: readonly number[],
  wanted: number[],
): void => {
  const total = sum(slices.map(one => one.wanted));
  const change = (desired > 0 ? desired + surge : 0) - total;
  if (change === 0) return;
  // The largest first; among equals the newest gains first, and the oldest loses first.
  const order = [...active].sort(
    (a, b) => (slices[b]?.wanted ?? 0) - (slices[a]?.wanted ?? 0) || (change > 0 ? b - a : a - b),
  );
  let done = 0;
  for (const at of order) {
    const one = slices[at] ?? none;
    const left = change - done;
    const share =
      desired === 0 ? -one.wanted : Math.round((one.wanted * (desired + surge)) / (one.max || total)) - one.wanted;
    const part = change > 0 ? Math.max(0, Math.min(share, left)) : Math.min(0, Math.max(share, left));
    wanted[at] = one.wanted + part;
    done += part;
  }
  const [first] = order;
  if (first !== undefined) wanted[first] = Math.max(0, (wanted[first] ?? 0) + change - done);
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
