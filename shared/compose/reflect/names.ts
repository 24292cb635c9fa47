type Values = Readonly<Record<string, number>>;

/** Number → name of an enumeration, without its prefix; a number that is not known stays a number. */
export const nameOf = (values: Values, prefix = ''): ((value: number | undefined) => string) => {
  const names = new Map(
    Object.entries(values).map(([name, value]) => [value, name.startsWith(prefix) ? name.slice(prefix.length) : name]),
  );
  return value => names.get(value ?? 0) ?? String(value ?? 0);
};

/** The same, but undefined for the zero that says nothing. */
export const nameIfAny = (values: Values, prefix = ''): ((value: number | undefined) => string | undefined) => {
  const name = nameOf(values, prefix);
  return value => (value ? name(value) : undefined);
};
