import { isMap } from '../../base/own.ts';
import { parseQuantity, printQuantity } from '../../base/quantity.ts';
import { compile, type Node } from './compile.ts';
import { parseGoTime, printGoTime } from './gotime.ts';
import type { Schema } from './schema.ts';

/**
 * Writes the times and quantities of a native object as Go's types do, whichever way they came: times in UTC, in whole seconds
 * or with six digits; quantities as texts with the largest suffix that leaves no fraction. What is neither stays. The input is
 * not changed; the same instance comes back when there was nothing to do.
 */
export const spell = <T extends object>(object: T, schema: Schema): T =>
  // A text takes the place of a text or a number.
  walk(object, compile(schema)) as T;

const walk = (value: unknown, node: Node): unknown => {
  if (!node.spelled) return value;
  if (Array.isArray(value)) {
    const { items } = node;
    if (!items) return value;
    const out = value.map(item => walk(item, items));
    return out.some((item, i) => item !== value[i]) ? out : value;
  }
  return isMap(value) ? walkMap(value, node) : spellScalar(value, node.schema);
};

const walkMap = (map: { [field: string]: unknown }, node: Node): { [field: string]: unknown } => {
  let out: { [field: string]: unknown } | undefined;
  for (const [field, value] of Object.entries(map)) {
    const child = node.properties.get(field) ?? node.additional;
    if (!child?.spelled) continue;
    const spelled = walk(value, child);
    if (spelled !== value) out = { ...(out ?? map), [field]: spelled };
  }
  return out ?? map;
};

const spellScalar = (value: unknown, { format, quantity = false, micro = false }: Schema): unknown => {
  if (quantity && (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')) {
    const parsed = parseQuantity(value);
    return parsed ? printQuantity(parsed) : value;
  }
  if (format !== 'date-time' || typeof value !== 'string') return value;
  const time = parseGoTime(value, micro);
  return typeof time === 'string' ? value : (printGoTime(time, micro) ?? value);
};
