import * as z from 'zod';
import type { Schema } from '../kube/schema/schema.ts';

/**
 * A zod type as a structural schema. Extensions and texts are given with `.meta({ description, 'x-kubernetes-…': … })`.
 * What zod can say and a structural schema cannot (transforms, refinements, unions of objects) is dropped by zod or throws
 * here, when the kind is first used.
 */
export const toSchema = (type: z.ZodType): Schema => {
  const raw = z.toJSONSchema(type, { target: 'openapi-3.0', io: 'input', unrepresentable: 'throw', reused: 'inline' });
  return clean(raw as Record<string, unknown>);
};

/** An object whose fields are not described and are kept as they come. */
export const anyObject = () => z.looseObject({}).meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** Any JSON value at all. */
export const anyValue = () => z.any().meta({ 'x-kubernetes-preserve-unknown-fields': true, [untyped]: true });

/** An integer or a string (`80`, `'10%'`), as Kubernetes' IntOrString. */
export const intOrString = () => z.union([z.int(), z.string()]).meta({ 'x-kubernetes-int-or-string': true });

/** A Kubernetes quantity: `8Gi`, `1.5`, `256M`, or a bare number. */
export const quantity = () => z.union([z.int(), z.string()]).meta(quantityMeta);

/** Named quantities of a kind that Kubernetes itself defines: such are read and written as Go's type does. */
export const typedQuantities = (description: string) =>
  z.record(z.string(), z.union([z.int(), z.string()]).meta({ ...quantityMeta, quantity: true })).meta({ description });

const quantityMeta = {
  'x-kubernetes-int-or-string': true,
  pattern:
    '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$',
};

const untyped = 'x-untyped';
const dropped = new Set([untyped, '$schema', 'id', '$id', 'deprecated', 'examples', 'const', 'propertyNames']);

const clean = (raw: Record<string, unknown>): Schema => {
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(raw)) {
    if (dropped.has(key)) continue;
    if (key === 'properties') out[key] = mapValues(value as Record<string, Record<string, unknown>>, clean);
    else if (key === 'items') out[key] = clean(value as Record<string, unknown>);
    else if (key === 'additionalProperties') {
      if (value !== null && typeof value === 'object' && Object.keys(value).length > 0)
        out[key] = clean(value as Record<string, unknown>);
      else if (value === true) out['x-kubernetes-preserve-unknown-fields'] = true;
    } else out[key] = value;
  }
  if ('const' in raw) out.enum = [raw.const];
  if (out['x-kubernetes-int-or-string']) {
    delete out.anyOf;
    delete out.type;
  }
  if (out['x-kubernetes-preserve-unknown-fields'] && out.type === undefined && !raw[untyped]) out.type = 'object';
  // zod bounds every integer by the safe range; int64 fields say so with a format instead.
  if (out.minimum === Number.MIN_SAFE_INTEGER) delete out.minimum;
  if (out.maximum === Number.MAX_SAFE_INTEGER) delete out.maximum;
  return out as Schema;
};

const mapValues = <A, B>(map: Record<string, A>, to: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value)]));
