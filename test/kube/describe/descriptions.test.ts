import { describe, expect, it } from 'vitest';
import { createCatalog } from '../../../shared/kube/catalog.ts';
import { createDescriptions } from '../../../shared/kube/describe/descriptions.ts';
import { toResourceTypes } from '../../../shared/kube/extend/serve.ts';
import type { ResourceType } from '../../../shared/kube/resource.ts';
import { testTypes } from '../../support/widgets.ts';

const toyOf = (group: string, description: string): ResourceType => {
  const spec = { type: 'object' as const, description };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `toys.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object' as const, properties: { spec } } },
          subresources: { status: {}, scale: { specReplicasPath: '.spec.a', statusReplicasPath: '.status.a' } },
        },
      ],
    },
    status: {
      acceptedNames: { plural: 'toys', singular: 'toy', kind: 'Toy', listKind: 'ToyList' },
      conditions: [{ type: 'Established', status: 'True' }],
    },
  };
  const [type] = toResourceTypes(definition, { whenRetired: () => () => {} }, undefined);
  if (!type) throw new Error('the definition makes no type');
  return type;
};

const a = toyOf('a.example.org', 'first');
const b = toyOf('b.example.org', 'first');
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe('descriptions of a catalog that changes', () => {
  it('are those of a catalog that was so from the beginning', () => {
    const catalog = createCatalog([...testTypes, a, b]);
    const kept = createDescriptions(catalog);
    for (const types of [[a, b], [a, toyOf('b.example.org', 'second')], [a], [a, b]]) {
      catalog.replace([...testTypes, ...types]);
      const fresh = createDescriptions(createCatalog([...testTypes, ...types]));
      expect(text(kept.openApiV2().bytes)).toBe(text(fresh.openApiV2().bytes));
      expect(kept.openApiV2Protobuf().hash).toBe(fresh.openApiV2Protobuf().hash);
      expect(text(kept.openApiRoot().bytes)).toBe(text(fresh.openApiRoot().bytes));
      for (const path of ['apis/a.example.org/v1', 'apis/b.example.org/v1', 'api/v1', 'version'])
        expect(kept.openApiV3(path)?.hash).toBe(fresh.openApiV3(path)?.hash);
    }
  });

  it('are made anew only where something changed', () => {
    const catalog = createCatalog([...testTypes, a, b]);
    const kept = createDescriptions(catalog);
    const bytes = (path: string) => kept.openApiV3(path)?.bytes;
    const paths = ['apis/a.example.org/v1', 'api/v1', 'apis/example.com/v1', 'apis/b.example.org/v1'];
    const before = paths.map(bytes);
    catalog.replace([...testTypes, a, toyOf('b.example.org', 'second')]);
    expect(paths.map(bytes).map((now, i) => now === before[i])).toEqual([true, true, true, false]);
    expect(text(bytes('apis/b.example.org/v1'))).toContain('"second"');
    catalog.replace([...testTypes, a]);
    expect(bytes('apis/b.example.org/v1')).toBeUndefined();
    expect(bytes('apis/a.example.org/v1')).toBe(before[0]);
  });
});
