import { Buffer } from 'node:buffer';

/**
 * What Kubernetes allows as a name. Every function returns what is wrong, in upstream's words (apimachinery
 * `util/validation`); an empty list means that the text is fine.
 */

/** Host-like names of most objects: `a.example.com`. */
export const subdomainErrors = (text: string): string[] => [
  ...tooLong(text, 253, 'characters'),
  ...(subdomain.test(text) ? [] : [subdomainMessage]),
];

/** One label of a host name: `my-name`. */
export const labelErrors = (text: string): string[] => [
  ...tooLong(text, 63, 'characters'),
  ...(label.test(text) ? [] : [labelMessage]),
];

/** A label that begins with a letter. */
export const label1035Errors = (text: string): string[] => [
  ...tooLong(text, 63, 'characters'),
  ...(label1035.test(text) ? [] : [label1035Message]),
];

/** What may stand as one segment of a URL's path. */
export const pathErrors = (text: string): string[] => {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter(part => text.includes(part)).map(part => `may not contain '${part}'`);
};

/** Keys of labels and annotations: `[prefix/]name`. */
export const qualifiedNameErrors = (text: string): string[] => {
  const parts = text.split('/');
  if (parts.length > 2) return [qualifiedMessage];
  const name = parts[parts.length - 1] ?? '';
  const errors: string[] = [];
  if (parts.length === 2) {
    if (parts[0] === '') errors.push('prefix part must be non-empty');
    else errors.push(...subdomainErrors(parts[0] ?? '').map(error => `prefix part ${error}`));
  }
  if (name === '') errors.push('name part must be non-empty');
  errors.push(...tooLong(name, 63).map(error => `name part ${error}`));
  if (!qualified.test(name)) errors.push(`name part ${namePartMessage}`);
  return errors;
};

export const labelValueErrors = (text: string): string[] => [
  ...tooLong(text, 63),
  ...(text === '' || qualified.test(text) ? [] : [labelValueMessage]),
];

/** Counted are bytes, whatever they are called. */
const tooLong = (text: string, max: number, unit: 'bytes' | 'characters' = 'bytes'): string[] =>
  text.length > max || (text.length * 3 > max && Buffer.byteLength(text) > max)
    ? [`must be no more than ${max} ${unit}`]
    : [];

const labelPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const label1035Pattern = '[a-z]([-a-z0-9]*[a-z0-9])?';
const subdomainPattern = `${labelPattern}(\\.${labelPattern})*`;
const qualifiedPattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

// The first part of a match is decided by the first character and the last one: none of these patterns can backtrack
// further than the length of the text, and the length is bounded by the caller's limits.
const label = new RegExp(`^${labelPattern}$`);
const label1035 = new RegExp(`^${label1035Pattern}$`);
const subdomain = new RegExp(`^${subdomainPattern}$`);
const qualified = new RegExp(`^${qualifiedPattern}$`);

const explain = (rule: string, pattern: string, ...examples: string[]): string =>
  `${rule} (e.g. ${examples.map(example => `'${example}', `).join(' or ')}regex used for validation is '${pattern}')`;

const subdomainMessage = explain(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  subdomainPattern,
  'example.com',
);
const labelMessage = explain(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  labelPattern,
  'my-name',
  '123-abc',
);
const label1035Message = explain(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  label1035Pattern,
  'my-name',
  'abc-123',
);
const namePartMessage = explain(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  qualifiedPattern,
  'MyName',
  'my.name',
  '123-abc',
);
const qualifiedMessage = `a valid label key ${namePartMessage} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
const labelValueMessage = explain(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  `(${qualifiedPattern})?`,
  'MyValue',
  'my_value',
  '12345',
);
