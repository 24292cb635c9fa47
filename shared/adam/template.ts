import { Fault } from '../base/fault.ts';
import type { Json, JsonMap } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import type { Attested } from '../eve/known.ts';
import { fieldOf, textField } from './body.ts';

/** Adam's global options: whether what devices attest must be known, and what is. */
export interface GlobalOptions {
  readonly enforce: boolean;
  readonly templates: readonly Template[];
}

/** PCR values of a good boot: index → hex in lower case. An index that may have any value is absent. */
export interface Template {
  readonly eveVersion: string;
  /** '' for any. */
  readonly firmwareVersion: string;
  readonly pcrs: ReadonlyMap<string, string>;
}

/** Reads `{enforceTemplateAttestation, PCRTemplates}`. Throws BadRequest that names what is wrong. */
export const toGlobalOptions = (object: JsonMap): GlobalOptions => {
  const enforce = fieldOf(object, 'enforceTemplateAttestation') ?? false;
  if (typeof enforce !== 'boolean') throw new Fault('BadRequest', 'enforceTemplateAttestation must be a boolean');
  return { enforce, templates: listField(object, 'PCRTemplates').map(toTemplate) };
};

/**
 * Whether a quote is good by a template of its EVE version: one of its firmware version if there is any, else one for
 * any. A quote that no TPM signed is never good, nor one that leaves out a PCR that the template names.
 */
export const isKnownGood = ({ templates }: GlobalOptions, { tpm, pcrs, versions }: Attested): boolean => {
  if (!tpm) return false;
  const ofVersion = templates.filter(({ eveVersion }) => eveVersion !== '' && eveVersion === versions['1']);
  const exact = ofVersion.filter(({ firmwareVersion }) => firmwareVersion !== '' && firmwareVersion === versions['2']);
  const usable = exact.length > 0 ? exact : ofVersion.filter(({ firmwareVersion }) => firmwareVersion === '');
  return usable.some(template => [...template.pcrs].every(([index, value]) => pcrs[index]?.toLowerCase() === value));
};

const toTemplate = (json: Json): Template => {
  const object = toMap(json, 'a PCR template');
  const pcrs = new Map<string, string>();
  for (const item of listField(object, 'PCRValues')) {
    const pcr = toMap(item, 'a PCR value');
    const index = fieldOf(pcr, 'index') ?? 0;
    const value = textField(pcr, 'value').toLowerCase();
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index > 23)
      throw new Fault('BadRequest', 'index of a PCR value must be a number from 0 to 23');
    if (value === '' || value === '*') continue;
    if (!/^[0-9a-f]{64}$/.test(value))
      throw new Fault('BadRequest', `value of PCR ${index} must be 64 hex digits or *`);
    pcrs.set(String(index), value);
  }
  return { eveVersion: textField(object, 'eveVersion'), firmwareVersion: textField(object, 'firmwareVersion'), pcrs };
};

const listField = (object: JsonMap, name: string): Json[] => {
  const list = fieldOf(object, name) ?? [];
  if (!Array.isArray(list) || list.length > maxItems) throw new Fault('BadRequest', `${name} must be a list`);
  return list;
};

const maxItems = 1000;

const toMap = (json: Json, what: string): JsonMap => {
  if (!isMap(json)) throw new Fault('BadRequest', `${what} must be an object`);
  return json as JsonMap; // parsed from JSON
};
