import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateReports, healthRows, infoRows, metricRows } from '../../infra/reports.ts';
import type { Schema } from '../../shared/kube/schema/schema.ts';
import { persistentVolumeClaim } from '../../shared/resources/core/persistentvolumeclaim.ts';
import { eveKinds } from '../../shared/resources/eve/kinds.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';

const page = new URL('../../docs/reports.md', import.meta.url);
const rows = [...infoRows(), ...healthRows(), ...metricRows()];
const { marks } = createMemoryStore({ clock: { now: () => 0 } });
const kinds = [...eveKinds(marks), persistentVolumeClaim];

describe('docs/reports.md', () => {
  it('is what happens', () => {
    expect(readFileSync(page, 'utf8')).toBe(generateReports());
  });

  it('tells of every field where it is read, or why only in the stream', () => {
    expect(rows.filter(({ places, why }) => places.length === 0 && why === undefined)).toEqual([]);
    expect(rows.length).toBeGreaterThan(900);
  });

  it('names places that the schemas of the kinds have', () => {
    const places = new Set(rows.flatMap(row => row.places).filter(place => !place.startsWith('matched by')));
    expect([...places].filter(place => !isDeclared(place))).toEqual([]);
    expect(places.size).toBeGreaterThan(300);
  });
});

/** `Device status.ports[].name` */
const isDeclared = (place: string): boolean => {
  const [kind = '', path = ''] = place.split(' ');
  let node: Schema | undefined = kinds.find(one => one.kind === kind)?.schema;
  for (const step of path.split('.')) {
    const [name = '', list] = step.split('[');
    const extra = node?.additionalProperties;
    node = node?.properties?.[name] ?? (typeof extra === 'object' ? extra : undefined);
    if (list !== undefined) node = node?.items;
  }
  return node !== undefined;
};
