import { Buffer } from 'node:buffer';
import { parseJson } from '../../base/json.ts';
import type { ApiObject } from '../../base/object.ts';
import { isMap } from '../../base/own.ts';
import { checkTyped } from './check.ts';
import { collect } from './collect.ts';
import { compare } from './compare.ts';
import { type FieldSet, printSorted, subtract, unite } from './fields.ts';
import { toOwnable } from './ownable.ts';
import type { View } from './views.ts';

/**
 * The fields that a client-side apply left behind and nobody has changed since, by the annotation that it keeps: those that a
 * server-side apply of the same client may take over without asking. Undefined when there is no such annotation, or it is
 * not about this object.
 */
export const lastAppliedFields = (live: ApiObject, view: View): FieldSet | undefined => {
  const applied = readLastApplied(live);
  if (applied === undefined || applied.apiVersion !== live.apiVersion || applied.kind !== live.kind) return undefined;
  if (checkTyped(applied, view.shape).length > 0) return undefined;
  const ownable = toOwnable(applied);
  const { touched, removed } = compare(ownable, toOwnable(live), view.shape);
  return subtract(collect(ownable, view.shape), unite(touched, removed));
};

/** `object` with the annotation saying what is applied now, when the live object had it. */
export const refreshLastApplied = (object: ApiObject, live: ApiObject, config: ApiObject): ApiObject => {
  if (!live.metadata.annotations?.[annotation]) return object;
  const { [annotation]: _, ...annotations } = object.metadata.annotations ?? {};
  const text = printLastApplied(config);
  const size = Buffer.byteLength(text) + sizeOf(annotations);
  const kept = size > maxAnnotationBytes ? annotations : { ...annotations, [annotation]: text };
  return { ...object, metadata: { ...object.metadata, annotations: kept } };
};

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';
const maxAnnotationBytes = 256 * 1024;

const readLastApplied = (live: ApiObject): ({ [field: string]: unknown } & ApiObject) | undefined => {
  try {
    const value = parseJson(live.metadata.annotations?.[annotation] ?? '');
    // What is not of the object's type is found out by the check against its shape.
    return isMap(value) ? (value as ApiObject) : undefined;
  } catch {
    return undefined;
  }
};

const printLastApplied = (config: ApiObject): string => {
  const { [annotation]: _, ...annotations } = config.metadata.annotations ?? {};
  const { annotations: had, ...metadata } = config.metadata;
  return `${printSorted({ ...config, metadata: { ...metadata, ...(had && { annotations }) } })}\n`;
};

const sizeOf = (annotations: Readonly<Record<string, string>>): number =>
  Object.entries(annotations).reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
