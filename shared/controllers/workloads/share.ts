/**
 * A number, or a share in percent of `total`: `2`, `'25%'`. What is neither counts as `fallback`. A share that is no whole
 * number goes up or down as asked.
 */
export const toCount = (value: unknown, total: number, round: 'up' | 'down', fallback: number | string): number => {
  if (typeof value === 'number') return Math.max(0, Math.trunc(value));
  const percent = typeof value === 'string' ? /^(\d{1,9})%$/.exec(value)?.[1] : undefined;
  if (percent !== undefined) {
    const exact = (Number(percent) * total) / 100;
    return round === 'up' ? Math.ceil(exact) : Math.floor(exact);
  }
  if (typeof value === 'string' && /^\d{1,9}$/.test(value)) return Number(value);
  return value === fallback ? 0 : toCount(fallback, total, round, fallback);
};
