/** Writes `docs/eve-coverage.md`. Run `npx tsx infra/coverage.ts` after a change of a kind, the composer or a golden case. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isMain } from '../functions/node/ismain.ts';
import { type ConfigField, configFields } from './told/fields.ts';
import { left, own } from './told/reasons.ts';
import { findSources, type Sources } from './told/sources.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

export interface Coverage {
  /** The page. */
  readonly text: string;
  /** What is wrong: fields with neither a source nor a reason, and reasons that are not true. */
  readonly faults: readonly string[];
}

/** Which resource field sets each field of a device's configuration, found out with the golden cases. */
export const coverage = async (): Promise<Coverage> => {
  const folder = `${root}test/golden/`;
  const names = readdirSync(folder).filter(name => name.endsWith('.yaml'));
  const sources = await findSources(names.sort().map(name => readFileSync(folder + name, 'utf8')));
  const rows = configFields().flatMap(field => toRow(field, sources));
  return { text: page(rows, names.length), faults: faultsOf(rows, sources) };
};

interface Row {
  readonly field: ConfigField;
  /** Resource fields, as `Kind path`. */
  readonly sources: readonly string[];
  readonly reason: string | undefined;
  readonly isLeft: boolean;
}

const toRow = (field: ConfigField, sources: Sources): Row[] => {
  const { path } = field;
  const above = Object.keys(left).find(reason => path === reason || path.startsWith(`${reason}.`));
  if (above !== undefined) return above === path ? [{ field, sources: [], reason: left[path], isLeft: true }] : [];
  if (!field.isLeaf) return [];
  const reason = own[path];
  return [{ field, sources: reason === undefined ? (sources.get(path) ?? []) : [], reason, isLeft: false }];
};

const faultsOf = (rows: readonly Row[], sources: Sources): string[] => [
  ...rows
    .filter(row => row.reason === undefined && row.sources.length === 0)
    .map(({ field }) => `${field.path}: nothing sets it, and no reason is given`),
  ...Object.keys(own)
    .filter(path => !sources.has(path))
    .map(path => `${path}: the controller is said to set it, but no golden case has it`),
  ...Object.keys(left)
    .filter(path => sources.has(path))
    .map(path => `${path}: is said to be left out, but a golden case has it`),
];

const page = (rows: readonly Row[], cases: number): string => {
  const sections = new Map<string, Row[]>();
  for (const row of rows) {
    const top = row.field.path.split('.')[0] ?? '';
    const single = row.field.path === top && row.field.isLeaf;
    const key = single ? '' : top;
    sections.set(key, [...(sections.get(key) ?? []), row]);
  }
  const { '': singles = [], ...others } = Object.fromEntries(sections);
  return `${intro(rows, cases)}
## EdgeDevConfig

${table(singles)}
${Object.entries(others)
  .map(([name, list]) => `## ${name}\n\n${table(list)}`)
  .join('\n')}`;
};

const intro = (rows: readonly Row[], cases: number): string => `# What EVE can be told

Every field of EVE's \`EdgeDevConfig\` with the field of a resource that sets it. This page is made, not written: with each of
the ${cases} cases in [test/golden](../test/golden/), every field of every object is taken out or changed, the configuration is
composed again, and what differs is set by it. \`npx tsx infra/coverage.ts\` makes it anew; a test fails when a field has
neither a source nor a reason, or when a reason is not true.

${rows.filter(row => row.sources.length > 0).length} fields are set by resources, ${rows.filter(row => row.sources.length === 0 && !row.isLeft).length} by the controller itself, and ${rows.filter(row => row.isLeft).length} are left out for the reason given.
`;

const table = (rows: readonly Row[]): string => `| Field | Number | Type | Set by |
| --- | --- | --- | --- |
${rows.map(printRow).join('\n')}
`;

const maxSources = 4;

const printRow = ({ field, sources, reason, isLeft }: Row): string => {
  const named = sources.slice(0, maxSources).map(one => one.replace(/^(\S+) (.*)$/, '$1 `$2`'));
  if (sources.length > maxSources) named.push('…');
  const how = isLeft ? `not set: ${reason}` : named.length > 0 ? named.join(', ') : `the controller: ${reason}`;
  return `| \`${field.path}\` | ${field.number} | ${field.type} | ${how.replaceAll('|', '\\|')} |`;
};

if (isMain(import.meta.url)) {
  const { text, faults } = await coverage();
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) process.exitCode = 1;
  writeFileSync(`${root}docs/eve-coverage.md`, text);
}
