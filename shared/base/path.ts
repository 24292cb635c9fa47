import type { Cause } from './fault.ts';

/** A path into an object: field names, list indices, and map keys. Printed as Kubernetes prints it. */
export type Path = readonly (string | number | { readonly key: string })[];

/** `['spec','ports',0,'name']` → `spec.ports[0].name`; `['data', {key:'a'}]` → `data[a]`. */
export const toFieldPath = (path: Path): string => {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (typeof step === 'object') text += `[${step.key}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
};

/**
 * Field errors with the wording of Kubernetes (kubernetes-api reference §1.18). `field` is a path or its printed form.
 * Bad values are printed as Go does: strings quoted, numbers and booleans bare, anything else as JSON.
 */
export const cause = {
  required: (field: Path | string, detail = ''): Cause => make(field, 'FieldValueRequired', 'Required value', detail),
  invalid: (field: Path | string, value: unknown, detail: string): Cause =>
    make(field, 'FieldValueInvalid', `Invalid value: ${printValue(value)}`, detail),
  typeInvalid: (field: Path | string, value: unknown, detail: string): Cause =>
    make(field, 'FieldValueTypeInvalid', `Invalid value: ${printValue(value)}`, detail),
  notSupported: (field: Path | string, value: unknown, supported: readonly string[]): Cause =>
    make(
      field,
      'FieldValueNotSupported',
      `Unsupported value: ${printValue(value)}`,
      supported.length === 0 ? '' : `supported values: ${supported.map(s => JSON.stringify(s)).join(', ')}`,
    ),
  forbidden: (field: Path | string, detail: string): Cause => make(field, 'FieldValueForbidden', 'Forbidden', detail),
  duplicate: (field: Path | string, value: unknown): Cause =>
    make(field, 'FieldValueDuplicate', `Duplicate value: ${printValue(value)}`, ''),
  notFound: (field: Path | string, value: unknown): Cause =>
    make(field, 'FieldValueNotFound', `Not found: ${printValue(value)}`, ''),
  tooLong: (field: Path | string, maxBytes: number): Cause =>
    make(field, 'FieldValueTooLong', 'Too long', `may not be more than ${maxBytes} bytes`),
  tooMany: (field: Path | string, actual: number, max: number): Cause =>
    make(field, 'FieldValueTooMany', `Too many: ${actual}`, `must have at most ${max} items`),
};

export const printValue = (value: unknown): string => {
  if (typeof value === 'bigint') return value.toString();
  const text = JSON.stringify(value, bigints) ?? 'null';
  // Go quotes a text and marshals everything else, and writes what HTML would take for its own in another way then.
  return typeof value === 'object' ? text.replaceAll(/[<>&]/g, escapeHtml) : text;
};

const escapeHtml = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;

const bigints = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

const make = (field: Path | string, reason: string, head: string, detail: string): Cause => ({
  reason,
  message: detail === '' ? head : `${head}: ${detail}`,
  field: typeof field === 'string' ? field : toFieldPath(field),
});
