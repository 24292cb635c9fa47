import { describe, expect, it } from 'vitest';
import { createCatalog } from '../../shared/kube/catalog.ts';
import { compareVersions } from '../../shared/kube/order.ts';
import { namespaces, notes, planets, widgets } from '../support/widgets.ts';

it('orders versions as Kubernetes does', () => {
  const ordered = [
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v10beta3',
    'v3beta1',
    'v12alpha1',
    'v11alpha2',
    'foo1',
    'foo10',
    'v01',
    'v1beta',
    'v1gamma1',
  ];
  for (let seed = 0; seed < 20; seed += 1) {
    const mixed = ordered
      .map((version, i) => ({ version, at: (i * 7 + seed * 5) % ordered.length }))
      .sort((a, b) => a.at - b.at);
    expect(mixed.map(({ version }) => version).sort(compareVersions)).toEqual(ordered);
  }
});

describe('a catalog', () => {
  const old = { ...widgets, version: 'v1beta1' };
  const other = { ...widgets, group: 'a.example.com' };

  it('finds types by place and kind; the preferred version when none is named', () => {
    const catalog = createCatalog([old, planets, widgets]);
    expect(catalog.byResource('example.com', 'v1beta1', 'widgets')).toBe(old);
    expect(catalog.byResource('example.com', 'v2', 'widgets')).toBeUndefined();
    expect(catalog.byResource('', 'v1', 'constructor')).toBeUndefined();
    expect(catalog.byKind('example.com', undefined, 'Widget')).toBe(widgets);
    expect(catalog.byKind('example.com', 'v1beta1', 'Widget')).toBe(old);
    expect(catalog.get('example.com', 'widgets')).toBe(widgets);
    expect(() => catalog.get('', 'widgets')).toThrow('no resource widgets in group ""');
  });

  it('lists the core group first, then by name, preferred versions first', () => {
    const catalog = createCatalog([widgets, old, other, planets, notes, namespaces]);
    expect(catalog.all()).toEqual([namespaces, notes, other, planets, widgets, old]);
  });

  it('may be exchanged, and says so', () => {
    const catalog = createCatalog([widgets]);
    const before = catalog.version;
    catalog.replace([planets]);
    expect(catalog.version).toBeGreaterThan(before);
    expect(catalog.byKind('example.com', 'v1', 'Widget')).toBeUndefined();
  });

  it('refuses two types at one place', () => {
    expect(() => createCatalog([widgets, { ...widgets }])).toThrow('two types at example.com/v1/widgets');
  });
});
