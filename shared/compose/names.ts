/** Number → name of an enumeration, without its prefix; a number that is not known stays a number. */
export const nameOf = (
  values: Readonly<Record<string, number>>,
  prefix = '',
): ((value: number | undefined) => string) => {
  const names = new Map(
    Object.entries(values).map(([name, value]) => [value, name.startsWith(prefix) ? name.slice(prefix.length) : name]),
  );
  return value => names.get(value ?? 0) ?? String(value ?? 0);
};
