/** What the endpoint expects; any ResourceType will do. */
export interface Expected {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Native types are also read from protobuf. */
  readonly native: boolean;
}

/** What Go's decoder calls a JSON value. */
export const nameOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint') return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
};
