import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../shared/base/fault.ts';
import type { ApiObject, JsonMap } from '../../../shared/base/object.ts';
import { parseYaml } from '../../../shared/base/yaml.ts';
import { applyConfig } from '../../../shared/kube/patch/apply.ts';
import { collect } from '../../../shared/kube/patch/collect.ts';
import { type FieldSet, pathsOf, printPath } from '../../../shared/kube/patch/fields.ts';
import { capUpdates, type Manager, readEntries, toEntries } from '../../../shared/kube/patch/managed.ts';
import { toOwnable } from '../../../shared/kube/patch/ownable.ts';
import { recordUpdate } from '../../../shared/kube/patch/record.ts';
import { toObjectShape } from '../../../shared/kube/patch/typed.ts';
import type { Views } from '../../../shared/kube/patch/views.ts';
import { watchCpu } from '../../support/cpu.ts';
import { kitchenSink } from '../../support/shapes.ts';

const shape = toObjectShape(kitchenSink);
const same = (object: ApiObject): ApiObject => object;
const own = { apiVersion: 'v1', shape, always: {}, from: same, to: same };
const views: Views = { own, at: version => (version === 'v1' ? own : undefined) };

const toObject = (spec: unknown): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Sink',
  metadata: { name: 'a' },
  spec: spec as JsonMap,
});

interface State {
  readonly object: ApiObject | undefined;
  readonly managers: readonly Manager[];
}

const start: State = { object: undefined, managers: [] };
let clock = 0;
const tick = () => new Date(Date.UTC(2026, 0, 1) + ++clock * 1000).toISOString().replace('.000', '');

const apply = (state: State, name: string, spec: unknown, force = false): State =>
  applyConfig({
    live: state.object,
    config: toObject(spec),
    managers: state.managers,
    name,
    subresource: '',
    force,
    views,
    time: tick(),
  });

const update = (state: State, name: string, spec: unknown): State => {
  const object = toObject(spec);
  const writer = { name, operation: 'Update', subresource: '' } as const;
  return { object, managers: recordUpdate(state.managers, state.object, object, writer, views, tick()) };
};

/** Nulls that pruning left behind go as they do when the object is defaulted. */
const withoutNulls = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([k, v]) => (v === null ? [] : [[k, withoutNulls(v)]])));
};

const specOf = (state: State) => withoutNulls(state.object?.spec ?? null);
const owned = (state: State, name: string) =>
  [...pathsOf(state.managers.find(manager => manager.name === name)?.fields ?? {})].map(path =>
    printPath(path).slice(5),
  );

/** What each step does: a manager that applies (`!`: with force), or updates (`=`). */
const run = (steps: readonly (readonly [string, string])[]): State =>
  steps.reduce((state, [who, text]) => {
    const spec = parseYaml(text);
    if (who.endsWith('=')) return update(state, who.slice(0, -1), spec);
    return apply(state, who.replace('!', ''), spec, who.endsWith('!'));
  }, start);

const conflictsOf = (steps: readonly (readonly [string, string])[]): string[] => {
  try {
    run(steps);
  } catch (error) {
    if (error instanceof Fault) return [error.message];
    throw error;
  }
  return [];
};

describe('applying', () => {
  it.each<[string, [string, string][], string, Record<string, string[]>]>([
    ['creates', [['a', '{text: x, set: [p]}']], '{text: x, set: [p]}', { a: ['.text', '.set[="p"]'] }],
    [
      'adds',
      [
        ['a', '{text: x}'],
        ['b', '{number: 1}'],
      ],
      '{text: x, number: 1}',
      { a: ['.text'], b: ['.number'] },
    ],
    [
      'shares what is equal',
      [
        ['a', '{text: x}'],
        ['b', '{text: x}'],
      ],
      '{text: x}',
      { a: ['.text'], b: ['.text'] },
    ],
    [
      'gives up',
      [
        ['a', '{text: x, number: 1}'],
        ['a', '{text: x}'],
      ],
      '{text: x}',
      { a: ['.text'] },
    ],
    [
      'gives up what another still applies',
      [
        ['a', '{text: x, number: 1}'],
        ['b', '{number: 1}'],
        ['a', '{text: x}'],
      ],
      '{text: x, number: 1}',
      { a: ['.text'], b: ['.number'] },
    ],
    [
      'gives up what another has updated',
      [
        ['a', '{text: x, number: 1}'],
        ['b=', '{text: x, number: 2}'],
        ['a', '{text: x}'],
      ],
      '{text: x, number: 2}',
      { a: ['.text'], b: ['.number'] },
    ],
    [
      'gives up an item',
      [
        ['a', '{items: [{name: p, value: 1}, {name: q}]}'],
        ['a', '{items: [{name: q}]}'],
      ],
      '{items: [{name: q}]}',
      { a: ['.items[name="q"]', '.items[name="q"].name'] },
    ],
    [
      'gives up an item in which another has a field',
      [
        ['a', '{items: [{name: p}]}'],
        ['b', '{items: [{name: p, value: 1}]}'],
        ['a', '{}'],
      ],
      '{items: [{name: p, value: 1}]}',
      { a: [''], b: ['.items[name="p"]', '.items[name="p"].name', '.items[name="p"].value'] },
    ],
    [
      'takes along what nobody owns',
      [
        ['a', '{maps: {p: {x: "1"}}}'],
        ['b=', '{maps: {p: {x: "1"}}}'],
        ['a', '{}'],
      ],
      '{}',
      { a: [''] },
    ],
    [
      'gives up all',
      [
        ['a', '{map: {x: "1"}, set: [p]}'],
        ['a', '{}'],
      ],
      '{}',
      { a: [''] },
    ],
    [
      'keeps items of others in a set',
      [
        ['a', '{set: [p, q]}'],
        ['b', '{set: [q, r]}'],
        ['a', '{set: [s]}'],
      ],
      '{set: [q, r, s]}',
      { a: ['.set[="s"]'], b: ['.set[="q"]', '.set[="r"]'] },
    ],
    [
      'takes by force',
      [
        ['a', '{text: x, number: 1}'],
        ['b!', '{text: z}'],
      ],
      '{text: z, number: 1}',
      { a: ['.number'], b: ['.text'] },
    ],
    [
      'takes all by force',
      [
        ['a', '{text: x}'],
        ['b!', '{text: z}'],
      ],
      '{text: z}',
      { a: [], b: ['.text'] },
    ],
    [
      'loses to an update',
      [
        ['a', '{text: x, number: 1}'],
        ['b=', '{text: z, number: 1}'],
      ],
      '{text: z, number: 1}',
      { a: ['.number'], b: ['.text'] },
    ],
    [
      'loses what an update removes',
      [
        ['a', '{text: x, number: 1}'],
        ['b=', '{number: 1}'],
      ],
      '{number: 1}',
      { a: ['.number'], b: [] },
    ],
    [
      'tells a default key',
      [
        ['a', '{ports: [{port: 80}]}'],
        ['b', '{ports: [{port: 80, protocol: TCP, name: web}]}'],
      ],
      '{ports: [{port: 80, protocol: TCP, name: web}]}',
      { a: ['.ports[port=80,protocol="TCP"]', '.ports[port=80,protocol="TCP"].port'] },
    ],
    [
      'respects what was there',
      [
        ['old=', '{text: x}'],
        ['a', '{number: 1}'],
      ],
      '{text: x, number: 1}',
      { old: ['', '.text'], a: ['.number'] },
    ],
  ])('%s', (_, steps, spec, owners) => {
    const state = run(steps);
    expect(specOf(state)).toEqual(parseYaml(spec));
    for (const [name, paths] of Object.entries(owners)) expect([name, owned(state, name)]).toEqual([name, paths]);
    const nobody = Object.keys(owners).filter(name => owners[name]?.length === 0);
    expect(state.managers.map(manager => manager.name)).not.toEqual(
      expect.arrayContaining(nobody.length ? nobody : ['?']),
    );
  });

  it.each<[string, [string, string][], string[]]>([
    [
      'none on equal values',
      [
        ['a', '{text: x}'],
        ['b', '{text: x}'],
      ],
      [],
    ],
    [
      'a scalar',
      [
        ['a', '{text: x}'],
        ['b', '{text: z}'],
      ],
      ['Apply failed with 1 conflict: conflict with "a": .spec.text'],
    ],
    [
      'one that was updated',
      [
        ['a', '{text: x}'],
        ['b=', '{text: y2}'],
        ['a', '{text: x}'],
      ],
      ['Apply failed with 1 conflict: conflict with "b" using v1: .spec.text'],
    ],
    [
      'an atomic list',
      [
        ['a', '{list: [p]}'],
        ['b', '{list: [p, q]}'],
      ],
      ['Apply failed with 1 conflict: conflict with "a": .spec.list'],
    ],
    [
      'none in a set',
      [
        ['a', '{set: [p]}'],
        ['b', '{set: [q]}'],
      ],
      [],
    ],
    [
      'a field of an item',
      [
        ['a', '{items: [{name: p, value: 1}]}'],
        ['b', '{items: [{name: p, value: 2}]}'],
      ],
      ['Apply failed with 1 conflict: conflict with "a": .spec.items[name="p"].value'],
    ],
    [
      'several of several',
      [
        ['c', '{text: x, number: 1}'],
        ['b=', '{text: x, number: 1, flag: true}'],
        ['a', '{text: z, number: 2, flag: false}'],
      ],
      [
        'Apply failed with 3 conflicts: conflicts with "b" using v1:\n- .spec.flag\nconflicts with "c":\n- .spec.number\n- .spec.text',
      ],
    ],
  ])('conflicts: %s', (_, steps, expected) => {
    expect(conflictsOf(steps)).toEqual(expected);
  });

  it('says nothing new when nothing is', () => {
    const first = run([['a', '{text: x, items: [{name: p}]}']]);
    const again = apply(first, 'a', { text: 'x', items: [{ name: 'p' }] });
    expect(again.object).toEqual(first.object);
    expect(again.managers).toEqual(first.managers);
    const later = apply(first, 'a', { text: 'x' });
    expect(later.managers[0]?.time).not.toBe(first.managers[0]?.time);
  });

  it('makes those of the past owners of an object that nobody was followed on', () => {
    const state = apply({ object: toObject({ text: 'x' }), managers: [] }, 'a', { text: 'x', number: 1 });
    expect(owned(state, 'before-first-apply')).toEqual(['', '.text']);
    expect(() => apply({ object: toObject({ text: 'x' }), managers: [] }, 'a', { text: 'z' })).toThrow(
      'conflict with "before-first-apply" using v1: .spec.text',
    );
  });

  it('drops managers of versions that are gone', () => {
    const { object, managers } = run([['a', '{text: x}']]);
    const old = managers.map(manager => ({ ...manager, name: 'old', apiVersion: 'v0' }));
    const state = apply({ object, managers: [...managers, ...old] }, 'b', { text: 'x' });
    expect(state.managers.map(manager => manager.name)).toEqual(['a', 'b']);
  });
});

describe('versions', () => {
  /** v2 calls `text` of v1 `number`, so that the names of the two cannot be mistaken for each other. */
  const rename = (object: ApiObject, from: string, to: string, apiVersion: string): ApiObject => {
    const { [from]: value, ...spec } = object.spec ?? {};
    return { ...object, apiVersion, spec: { ...spec, ...(value !== undefined && { [to]: value }) } };
  };
  const shape2 = toObjectShape({
    type: 'object',
    properties: { spec: { type: 'object', properties: { name: { type: 'string' }, flag: { type: 'boolean' } } } },
  });
  const second = {
    apiVersion: 'v2',
    shape: shape2,
    always: {},
    to: (object: ApiObject) => rename(object, 'text', 'name', 'v2'),
    from: (object: ApiObject) => rename(object, 'name', 'text', 'v1'),
  };
  const both: Views = { own, at: version => (version === 'v1' ? own : version === 'v2' ? second : undefined) };
  const inTwo = (managers: readonly Manager[]) =>
    managers.map(manager => ({ ...manager, apiVersion: 'v2', fields: { 'f:spec': { 'f:name': {}, 'f:flag': {} } } }));
  const applyInOne = (state: State, name: string, spec: JsonMap, force = false) => {
    const config = toObject(spec);
    const { object: live, managers } = state;
    return applyConfig({ live, config, managers, name, subresource: '', force, views: both, time: tick() });
  };
  const made = () => {
    const { object, managers } = apply(start, 'a', { text: 'x', flag: true });
    return { object, managers: inTwo(managers) };
  };

  it('are compared each in its own names', () => {
    expect(() => applyInOne(made(), 'b', { text: 'z' })).toThrow('conflict with "a": .spec.name');
    const { managers } = applyInOne(made(), 'b', { text: 'z' }, true);
    expect(managers.map(({ name, fields }) => [name, JSON.stringify(fields)])).toEqual([
      ['a', '{"f:spec":{"f:flag":{}}}'],
      ['b', '{"f:spec":{"f:text":{}}}'],
    ]);
  });

  it('do not keep a manager from giving up what it applied in another', () => {
    const { object, managers } = applyInOne(made(), 'a', { flag: true });
    expect(object.spec).toEqual({ flag: true });
    expect(managers).toMatchObject([{ apiVersion: 'v1', fields: { 'f:spec': { 'f:flag': {} } } }]);
    const kept = { ...inTwo(made().managers)[0], name: 'c' } as Manager;
    const shared = applyInOne({ ...made(), managers: [...made().managers, kept] }, 'a', { flag: true });
    expect(shared.object.spec).toEqual({ text: 'x', flag: true });
  });
});

describe('entries', () => {
  const manager = (name: string, more: Partial<Manager> = {}): Manager => ({
    name,
    operation: 'Update',
    apiVersion: 'v1',
    subresource: '',
    time: '2026-01-01T00:00:00Z',
    fields: { [`f:${name}`]: {} },
    ...more,
  });

  it('stand in order', () => {
    const entries = toEntries([
      manager('d', { time: '2026-01-01T00:00:01Z' }),
      manager('c', { subresource: 'status' }),
      manager('c'),
      manager('z', { operation: 'Apply', time: '2027-01-01T00:00:00Z' }),
      manager('b', { time: undefined }),
    ]);
    expect(entries?.map(entry => `${entry.manager}/${entry.subresource ?? ''}`)).toEqual([
      'z/',
      'b/',
      'c/',
      'c/status',
      'd/',
    ]);
    expect(Object.keys(entries?.[0] ?? {})).toEqual([
      'manager',
      'operation',
      'apiVersion',
      'time',
      'fieldsType',
      'fieldsV1',
    ]);
  });

  it.each([
    ['an unknown operation', { operation: 'Patch' }],
    ['no version', { apiVersion: '' }],
    ['another format', { fieldsType: 'FieldsV2' }],
    ['a set that is none', { fieldsV1: { x: {} } }],
    ['a long name', { manager: 'x'.repeat(129) }],
    ['an unprintable name', { manager: 'a\u0000' }],
  ])('with %s are no entries', (_, wrong) => {
    const right = {
      manager: 'a',
      operation: 'Update',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:a': {} },
    } as const;
    expect(readEntries([right])).toHaveLength(1);
    expect(readEntries([{ ...right, ...wrong } as typeof right])).toBeUndefined();
  });

  it('reads as many as fit into a request without comparing each with each', () => {
    const entries = Array.from({ length: 40_000 }, (_, i) => ({
      manager: `m${i}`,
      operation: 'Apply' as const,
      apiVersion: 'v1',
      fieldsType: 'FieldsV1' as const,
      fieldsV1: { 'f:a': {} },
    }));
    const spent = watchCpu();
    expect(readEntries([...entries, ...entries])).toHaveLength(40_000);
    expect(spent()).toBeLessThan(3_000);
  });

  it('are at most ten that update: older ones become one for each version', () => {
    const many = Array.from({ length: 13 }, (_, i) =>
      manager(`m${i}`, { time: `2026-01-01T00:00:${String(i + 10)}Z`, apiVersion: i === 1 ? 'v2' : 'v1' }),
    );
    const kept = capUpdates([...many, manager('x', { operation: 'Apply' })]);
    const names = kept.map(({ name, apiVersion }) => `${name} ${apiVersion}`);
    expect(names.filter(name => !name.startsWith('x'))).toHaveLength(10);
    expect(names).toEqual(expect.arrayContaining(['x v1', 'm1 v2', 'm12 v1', 'ancient-changes v1']));
    const ancient = kept.find(({ name }) => name === 'ancient-changes');
    expect(ancient).toMatchObject({
      time: '2026-01-01T00:00:14Z',
      fields: { 'f:m0': {}, 'f:m2': {}, 'f:m3': {}, 'f:m4': {} },
    });
  });
});

/** The same with nothing but maps of leaves: who owns a path, and what stands there. */
interface Model {
  readonly values: Map<string, string>;
  readonly owners: Map<string, Set<string>>;
}

describe('ownership against a model', () => {
  const paths = ['p', 'q', 'r'];
  const maps = fc.dictionary(fc.constantFrom(...paths), fc.constantFrom('1', '2'), { noNullPrototype: true });
  const steps = fc.array(
    fc.record({ who: fc.constantFrom('a', 'b', 'c'), verb: fc.constantFrom('apply', 'force', 'update'), map: maps }),
    { maxLength: 12 },
  );

  const ownersOf = (model: Model, path: string) => model.owners.get(path) ?? new Set<string>();

  const applyModel = (model: Model, who: string, map: Record<string, string>, force: boolean): Model | undefined => {
    const [values, owners] = [new Map(model.values), new Map(model.owners)];
    const self = `${who}/Apply`;
    for (const [path, value] of Object.entries(map)) {
      const others = new Set([...ownersOf(model, path)].filter(owner => owner !== self));
      const changes = values.get(path) !== value;
      if (changes && others.size > 0 && !force) return undefined;
      values.set(path, value);
      owners.set(path, new Set([self, ...(changes ? [] : others)]));
    }
    for (const path of paths) {
      if (path in map || !ownersOf(model, path).has(self)) continue;
      const others = new Set([...ownersOf(model, path)].filter(owner => owner !== self));
      owners.set(path, others);
      if (others.size === 0) values.delete(path);
    }
    return { values, owners };
  };

  const updateModel = (model: Model, who: string, map: Record<string, string>): Model => {
    const [values, owners] = [new Map(Object.entries(map)), new Map(model.owners)];
    for (const path of paths) {
      if (model.values.get(path) === values.get(path)) continue;
      owners.set(path, values.has(path) ? new Set([`${who}/Update`]) : new Set());
    }
    return { values, owners };
  };

  const toOwners = (managers: readonly Manager[]): Map<string, Set<string>> => {
    const found = new Map<string, Set<string>>(paths.map(path => [path, new Set()]));
    for (const { name, operation, fields } of managers)
      for (const path of pathsOf(fields)) {
        const leaf = path[2]?.slice(2);
        if (leaf) found.get(leaf)?.add(`${name}/${operation}`);
      }
    return found;
  };

  it('holds after any steps', () => {
    fc.assert(
      fc.property(steps, list => {
        let state: State = { object: toObject({}), managers: [{ ...some, fields: {} }] };
        let model: Model = { values: new Map(), owners: new Map() };
        for (const { who, verb, map } of list) {
          if (verb === 'update') {
            state = update(state, who, Object.keys(map).length > 0 ? { map } : {});
            model = updateModel(model, who, map);
          } else {
            const next = applyModel(model, who, map, verb === 'force');
            const attempt = () => apply(state, who, Object.keys(map).length > 0 ? { map } : {}, verb === 'force');
            if (next === undefined) {
              expect(attempt).toThrow(Fault);
              continue;
            }
            state = attempt();
            model = next;
          }
          const { map: values = {} } = specOf(state) as { map?: Record<string, string> };
          expect(values).toEqual(Object.fromEntries(model.values));
          const owners = toOwners(state.managers);
          for (const path of paths) expect(owners.get(path)).toEqual(ownersOf(model, path));
        }
      }),
      { numRuns: 500 },
    );
  });

  const some: Manager = {
    name: 'first',
    operation: 'Update',
    apiVersion: 'v1',
    subresource: '',
    time: undefined,
    fields: {},
  };
});

describe('laws', () => {
  const word = fc.constantFrom('p', 'q', 'r');
  const specs = fc.record(
    {
      text: word,
      struct: fc.record({ a: word, b: word }, { requiredKeys: [] }),
      map: fc.dictionary(word, word, { maxKeys: 3, noNullPrototype: true }),
      set: fc.uniqueArray(word, { minLength: 1 }),
      items: fc.uniqueArray(fc.record({ name: word, value: fc.nat(2) }, { requiredKeys: ['name'] }), {
        selector: item => item.name,
        minLength: 1,
      }),
    },
    { requiredKeys: [] },
  );

  it('an applied configuration is there, owned, and applies again without a change', () => {
    fc.assert(
      fc.property(specs, specs, specs, (first, second, third) => {
        const state = apply(update(apply(start, 'a', first), 'b', second), 'c', third, true);
        const mine = state.managers.find(manager => manager.name === 'c')?.fields ?? {};
        const wanted: FieldSet = collect(toOwnableSpec(third), shape);
        expect(mine).toEqual(wanted);
        const again = apply(state, 'c', third);
        expect(again.object).toEqual(state.object);
        expect(again.managers).toEqual(state.managers);
      }),
    );
  });

  it('what one manager alone has ever applied is what it applied last', () => {
    fc.assert(
      fc.property(specs, specs, (first, second) => {
        const state = apply(apply(start, 'a', first), 'a', second);
        expect(withoutVoid(specOf(state))).toEqual(withoutVoid(specOf(apply(start, 'a', second))));
      }),
    );
  });

  const toOwnableSpec = (spec: unknown) => {
    const { metadata: _, ...rest } = toOwnable(toObject(spec));
    return rest;
  };

  /** Structs that lost their last field stay behind empty or not at all. */
  const withoutVoid = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const fields = Object.entries(value).map(([k, v]) => [k, withoutVoid(v)] as const);
    return Object.fromEntries(
      fields.filter(([, v]) => !(typeof v === 'object' && v !== null && Object.keys(v).length === 0)),
    );
  };
});
