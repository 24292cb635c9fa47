import { isMap } from '../../base/own.ts';
import { compile, type Node } from './compile.ts';
import { parseGoTime, printGoTime } from './gotime.ts';
import type { Schema } from './schema.ts';

/**
 * Writes the times of a native object as Go's types do, whichever way they came: in UTC, in whole seconds or with six digits.
 * What is no time stays. The input is not changed; the same instance comes back when there was nothing to do.
 */
export const printTimes = <T extends object>(object: T, schema: Schema): T =>
  // A text takes the place of a text.
  walk(object, compile(schema)) as T;

const walk = (value: unknown, node: Node): unknown => {
  if (!node.timed) return value;
  if (typeof value === 'string') return node.schema.format === 'date-time' ? print(value, node.schema) : value;
  if (Array.isArray(value)) {
    const { items } = node;
    if (!items) return value;
    const out = value.map(item => walk(item, items));
    return out.some((item, i) => item !== value[i]) ? out : value;
  }
  if (!isMap(value)) return value;
  let out: { [field: string]: unknown } | undefined;
  for (const [field, child] of node.properties) {
    if (!child.timed || !Object.hasOwn(value, field)) continue;
    const printed = walk(value[field], child);
    if (printed !== value[field]) out = { ...(out ?? value), [field]: printed };
  }
  return out ?? value;
};

const print = (text: string, { micro = false }: Schema): string => {
  const time = parseGoTime(text, micro);
  return typeof time === 'string' ? text : (printGoTime(time, micro) ?? text);
};
