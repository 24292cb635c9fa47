import { Buffer } from 'node:buffer';
import { type Cause, Fault } from '../../base/fault.ts';
import { cause, type Path } from '../../base/path.ts';

/** The most that a ConfigMap or a Secret may hold, in bytes of values (kubernetes-api reference §1.19). */
export const maxDataBytes = 1_048_576;

/** What is wrong with the keys of `data`. */
export const checkKeys = (data: object, field: string): Cause[] => {
  const causes: Cause[] = [];
  for (const key of Object.keys(data))
    for (const message of keyErrors(key)) causes.push(cause.invalid(keyPath(field, key), key, message));
  return causes;
};

/** `data[key]` */
export const keyPath = (field: string, key: string): Path => [field, { key }];

/** Length in bytes of base64 without decoding it. */
export const base64Length = (text: string): number => Buffer.byteLength(text, 'base64');

/**
 * Base64 values as they are stored: line breaks, which Kubernetes ignores, are taken out. Throws BadRequest as its decoder
 * does when a value is not base64.
 */
export const normalizeBytes = (kind: string, data: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, normalize(kind, value)]));

const normalize = (kind: string, value: string): string => {
  const text = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value;
  const bad = text.length % 4 === 0 ? text.search(/[^A-Za-z0-9+/]/) : text.length;
  const padding = bad < 0 ? '' : text.slice(bad);
  if (padding !== '' ? !/^={1,2}$/.test(padding) : text.length % 4 !== 0) {
    throw new Fault(
      'BadRequest',
      `${kind} in version "v1" cannot be handled as a ${kind}: illegal base64 data at input byte ${bad}`,
    );
  }
  return text;
};

const keyPattern = '[-._a-zA-Z0-9]+';
const isKey = new RegExp(`^${keyPattern}$`);
const keyMessage = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${keyPattern}')`;

const keyErrors = (key: string): string[] => {
  const errors: string[] = [];
  if (key.length > 253) errors.push('must be no more than 253 characters');
  if (!isKey.test(key)) errors.push(keyMessage);
  if (key === '.') errors.push("must not be '.'");
  else if (key === '..') errors.push("must not be '..'");
  else if (key.startsWith('..')) errors.push("must not start with '..'");
  return errors;
};
