import { expect, it } from 'vitest';
import { isKnownGood, toGlobalOptions } from '../../shared/adam/template.ts';

const value = (digit: string) => digit.repeat(64);
const template = (eveVersion: string, firmwareVersion: string, ...values: string[]) => ({
  eveVersion,
  firmwareVersion,
  PCRValues: values.map((each, index) => ({ index, value: each })),
});
const attested = (eve: string, firmware: string, ...values: string[]) => ({
  at: 0,
  tpm: true,
  pcrs: Object.fromEntries(values.map((each, index) => [String(index), each])),
  versions: { '1': eve, '2': firmware },
});

it.each([
  ['the values', [template('1', '', value('a'))], attested('1', 'f', value('a')), true],
  ['upper case', [template('1', '', value('A'))], attested('1', 'f', value('a')), true],
  ['another value', [template('1', '', value('b'))], attested('1', 'f', value('a')), false],
  ['any value', [template('1', '', '*', '', value('c'))], attested('1', 'f', value('a'), value('b'), value('c')), true],
  ['a value that was not quoted', [template('1', '', '*', value('b'))], attested('1', 'f', value('a')), false],
  ['another version', [template('2', '', value('a'))], attested('1', 'f', value('a')), false],
  ['no version at all', [template('', '', value('a'))], attested('', '', value('a')), false],
  ['its firmware', [template('1', 'f', value('a'))], attested('1', 'f', value('a')), true],
  ['another firmware', [template('1', 'g', value('a'))], attested('1', 'f', value('a')), false],
  [
    'its firmware before any, wherever it stands',
    [template('1', 'f', value('b')), template('1', '', value('a'))],
    attested('1', 'f', value('a')),
    false,
  ],
  [
    'one of several',
    [template('1', '', value('b')), template('1', '', value('a'))],
    attested('1', 'f', value('a')),
    true,
  ],
  ['no TPM', [template('1', '')], { ...attested('1', 'f'), tpm: false }, false],
])('judges a quote by %s', (_, templates, quote, isGood) => {
  const options = toGlobalOptions({ enforceTemplateAttestation: true, PCRTemplates: templates });
  expect(isKnownGood(options, quote)).toBe(isGood);
});
