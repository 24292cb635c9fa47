import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import type { StreamRecord } from '../../functions/lambda/happened.ts';

type Filter = { readonly [field: string]: Filter | readonly Wanted[] };
type Wanted = string | { readonly prefix: string } | { readonly exists: boolean };

const text = readFileSync(fileURLToPath(new URL('../../infra/stream.yml', import.meta.url)), 'utf8');

/**
 * Whether a record of the table's stream comes to `compose`, as the platform reads the filters of `infra/stream.yml`, of which a
 * stack has those of each tenant: any of them may match, of each all fields, of a field any value.
 */
export const wakesCompose = (record: StreamRecord): boolean => {
  const tenant = record.dynamodb?.Keys?.['PK']?.S?.split('|')[0] ?? '';
  const filters = known.get(tenant) ?? readFilters(tenant);
  known.set(tenant, filters);
  return filters.some(filter => matches(filter, record));
};

const known = new Map<string, readonly Filter[]>();

const readFilters = (tenant: string): readonly Filter[] =>
  // Our own file; the test of the template holds its shape.
  parse(text.replaceAll(`\${param:tenant}`, tenant)) as readonly Filter[];

const matches = (filter: Filter, value: unknown): boolean =>
  Object.entries(filter).every(([field, wanted]) => {
    const own: unknown = (value as Readonly<Record<string, unknown>> | undefined)?.[field];
    return Array.isArray(wanted) ? wanted.some(one => isWanted(one, own)) : matches(wanted as Filter, own);
  });

const isWanted = (wanted: Wanted, value: unknown): boolean => {
  if (typeof wanted === 'string') return value === wanted;
  if ('exists' in wanted) return (value !== undefined) === wanted.exists;
  return typeof value === 'string' && value.startsWith(wanted.prefix);
};
