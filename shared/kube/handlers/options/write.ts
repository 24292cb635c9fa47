import { Buffer } from 'node:buffer';
import type { Cause } from '../../../base/fault.ts';
import type { JsonMap } from '../../../base/object.ts';
import { cause } from '../../../base/path.ts';
import { invalidOptions } from '../../faults.ts';
import { isTrue, toBoolean, toText } from '../../query.ts';

/** What POST, PUT and PATCH ask for in their query (kubernetes-api reference §1.12, §1.15). */
export interface WriteQuery {
  readonly dryRun: boolean;
  readonly fieldManager?: string;
  /** Server-side apply: take fields from other managers. */
  readonly force: boolean;
  readonly fieldValidation: 'Ignore' | 'Warn' | 'Strict';
  /** All of it that was said, in the words of the options' kind. */
  readonly asked: JsonMap;
}

/** Throws Invalid about `kind`, the name of the options: `CreateOptions`, `UpdateOptions`, `PatchOptions`. */
export const toWriteQuery = (query: URLSearchParams, kind: string, extra: readonly Cause[] = []): WriteQuery => {
  const dryRun = query.getAll('dryRun');
  const fieldManager = toText(query, 'fieldManager');
  const validation = toText(query, 'fieldValidation');
  const fieldValidation = validation ?? 'Warn';
  const causes = [...extra, ...fieldManagerCauses(fieldManager), ...dryRunCauses(dryRun)];
  if (!isValidation(fieldValidation)) {
    causes.push(cause.notSupported('fieldValidation', fieldValidation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (causes.length > 0 || !isValidation(fieldValidation)) throw invalidOptions(kind, causes);
  const force = isTrue(query, 'force');
  const manager = fieldManager !== undefined && { fieldManager };
  const asked = { ...toAskedDryRun(dryRun), ...manager, ...(validation !== undefined && { fieldValidation }) };
  return { dryRun: dryRun.length > 0, fieldValidation, force, asked, ...manager };
};

/** `force` belongs to server-side apply alone. */
export const forceCauses = (query: URLSearchParams): Cause[] =>
  toBoolean(query, 'force') === undefined ? [] : [cause.forbidden('force', 'may not be specified for non-apply patch')];

export const dryRunCauses = (dryRun: readonly string[]): Cause[] =>
  dryRun.every(value => value === 'All') ? [] : [cause.notSupported('dryRun', dryRun, ['All'])];

export const toAskedDryRun = (dryRun: readonly string[]): JsonMap => (dryRun.length > 0 ? { dryRun: [...dryRun] } : {});

const isValidation = (text: string): text is WriteQuery['fieldValidation'] =>
  text === 'Ignore' || text === 'Warn' || text === 'Strict';

/** Bytes of UTF-8 in the name of a manager of fields. */
export const maxManagerLength = 128;

const fieldManagerCauses = (manager: string | undefined): Cause[] => {
  if (manager === undefined) return [];
  const causes: Cause[] = [];
  if (Buffer.byteLength(manager) > maxManagerLength) causes.push(cause.tooLong('fieldManager', maxManagerLength));
  const characters = [...manager];
  const at = characters.findIndex(character => !/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character));
  const code = characters[at]?.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  if (code !== undefined) {
    // Go counts the bytes before it.
    const position = Buffer.byteLength(characters.slice(0, at).join(''));
    causes.push(cause.invalid('fieldManager', manager, `invalid character U+${code} (at position ${position})`));
  }
  return causes;
};
