import { badRequest } from './faults.ts';

/** Query parameters as Kubernetes reads them: the first value counts, unknown parameters are ignored. */

/** Present, and neither `false` nor `0`: also without a value. */
export const isTrue = (query: URLSearchParams, name: string): boolean => toBoolean(query, name) ?? false;

export const toBoolean = (query: URLSearchParams, name: string): boolean | undefined => {
  const value = query.get(name);
  return value === null ? undefined : !['false', '0'].includes(value.toLowerCase());
};

/** Throws BadRequest for what is not an integer of 64 bits; undefined when absent or empty. */
export const toInteger = (query: URLSearchParams, name: string): number | undefined => {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^[+-]?[0-9]+$/.test(value)) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  }
  const number = Number(value);
  if (Math.abs(number) > 2 ** 63) {
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: value out of range`);
  }
  return number;
};

export const toText = (query: URLSearchParams, name: string): string | undefined => query.get(name) || undefined;
