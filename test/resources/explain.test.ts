import { describe, expect, it } from 'vitest';
import type { Schema } from '../../shared/kube/schema/schema.ts';
import { eveKinds } from '../../shared/resources/eve/kinds.ts';
import { kubeveKinds } from '../../shared/resources/kubeve/kinds.ts';
import { createMemoryStore } from '../../shared/store/drivers/memory.ts';

const { marks } = createMemoryStore({ clock: { now: () => 0 } });
const kinds = [...eveKinds(marks), ...kubeveKinds];

/** Paths of the fields that `kubectl explain` has no word about, down to `depth` objects. */
const unexplained = (schema: Schema | undefined, path: string, depth = 99): string[] => {
  if (!schema || depth === 0) return [];
  const { items, additionalProperties: values } = schema;
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
      ...(field.description ? [] : [`${path}.${name}`]),
      ...unexplained(field, `${path}.${name}`, depth - 1),
    ]),
    ...unexplained(items, `${path}[]`, depth),
    ...unexplained(typeof values === 'object' ? values : undefined, `${path}{}`, depth),
  ];
};

describe.each(kinds.map(type => [type.kind, type] as const))('kubectl explain %s', (_, { schema, description }) => {
  it('says what the kind is', () => {
    expect(description).not.toBe('');
  });

  it('says what each field is that people write', () => {
    expect(unexplained(schema.properties?.spec, 'spec')).toEqual([]);
  });

  it('says what each part of the status is', () => {
    expect(unexplained(schema.properties?.status, 'status', 1)).toEqual([]);
  });
});
