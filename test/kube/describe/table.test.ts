import { describe, expect, it } from 'vitest';
import { isFault } from '../../../shared/base/fault.ts';
import type { ApiObject } from '../../../shared/base/object.ts';
import { renderList, renderObject } from '../../../shared/kube/describe/render.ts';
import { parseIncludeObject, toTable } from '../../../shared/kube/describe/table.ts';
import { expired } from '../../../shared/kube/faults.ts';
import type { Column, ResourceType } from '../../../shared/kube/resource.ts';
import { createFramer, errorFrame } from '../../../shared/kube/wire/frames.ts';
import { notes, widgets } from '../../support/widgets.ts';

const now = Date.parse('2026-01-02T00:00:00Z');
const created = '2026-01-01T22:00:00Z';

const widget = (name: string, spec: ApiObject['spec'] = {}): ApiObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name, namespace: 'default', resourceVersion: '7', creationTimestamp: created },
  spec,
});

const withColumns = (...columns: Column[]): ResourceType => ({ ...widgets, columns });

const cellsOf = (column: Omit<Column, 'name'>, object: ApiObject): unknown => {
  const { rows } = toTable(withColumns({ name: 'X', ...column }), [object], { now });
  // A Table has rows with cells.
  return (rows as { cells: unknown[] }[])[0]?.cells[1];
};

describe('toTable', () => {
  it('shows name, columns, ages and metadata', () => {
    const listMeta = { resourceVersion: '9', continue: 'c', remainingItemCount: 3 };
    const object = widget('a', { color: 'red' });
    expect(toTable(widgets, [object], { now, listMeta })).toEqual({
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: listMeta,
      columnDefinitions: [
        { name: 'Name', type: 'string', format: 'name', description: expect.stringMatching(/./), priority: 0 },
        { name: 'Color', type: 'string', format: '', description: expect.stringMatching(/./), priority: 0 },
        { name: 'Age', type: 'date', format: '', description: expect.stringMatching(/./), priority: 0 },
      ],
      rows: [
        {
          cells: ['a', 'red', '120m'],
          object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
        },
      ],
    });
  });

  it.each<[Omit<Column, 'name'>, unknown, unknown]>([
    [{ type: 'string', jsonPath: '.spec.x' }, 'a', 'a'],
    [{ type: 'string', jsonPath: '.spec.x' }, 5, '5'],
    [{ type: 'string', jsonPath: '.spec.x' }, true, 'true'],
    [{ type: 'string', jsonPath: '.spec.x' }, { a: [1] }, '{"a":[1]}'],
    [{ type: 'string', jsonPath: '.spec.x' }, ['a'], '["a"]'],
    [{ type: 'string', jsonPath: '.spec.x' }, null, null],
    [{ type: 'string', jsonPath: '.spec.missing' }, 1, null],
    [{ type: 'string', jsonPath: '.spec.x[*]' }, ['first', 'second'], 'first'],
    [{ type: 'integer', jsonPath: '.spec.x' }, 5, 5],
    [{ type: 'integer', jsonPath: '.spec.x' }, 5.9, 5],
    [{ type: 'integer', jsonPath: '.spec.x' }, '5', null],
    [{ type: 'number', jsonPath: '.spec.x' }, 5.5, 5.5],
    [{ type: 'boolean', jsonPath: '.spec.x' }, false, false],
    [{ type: 'boolean', jsonPath: '.spec.x' }, 'true', null],
    [{ type: 'date', jsonPath: '.spec.x' }, '2026-01-01T23:59:00Z', '60s'],
    [{ type: 'date', jsonPath: '.spec.x' }, '2026-01-03T00:00:00Z', '<invalid>'],
    [{ type: 'date', jsonPath: '.spec.x' }, 'noon', '<invalid>'],
    [{ type: 'date', jsonPath: '.spec.x' }, '', '<unknown>'],
    [{ type: 'date', jsonPath: '.spec.x' }, 5, null],
    [{ type: 'integer', value: ({ spec }) => Object.keys(spec ?? {}).length }, 'a', 1],
    [{ type: 'string', value: () => undefined }, 'a', null],
    [{ type: 'string' }, 'a', null],
  ])('%o of %j shows %j', (column, x, cell) => {
    expect(cellsOf(column, widget('a', { x } as ApiObject['spec']))).toEqual(cell);
  });

  it('lets a type place its own Name column', () => {
    const type = withColumns(
      { name: 'First', type: 'string', value: () => 'f' },
      { name: 'Name', type: 'string', value: ({ metadata }) => `${metadata.name}!` },
    );
    expect(toTable(type, [widget('a')], { now })).toMatchObject({
      columnDefinitions: [{ name: 'First' }, { name: 'Name', format: 'name' }],
      rows: [{ cells: ['f', 'a!'] }],
    });
  });

  it('keeps the priority of wide columns', () => {
    const type = withColumns({ name: 'W', type: 'string', priority: 1, jsonPath: '.spec.w' });
    expect(toTable(type, [], { now })).toMatchObject({
      columnDefinitions: [{ priority: 0 }, { priority: 1 }],
      rows: [],
    });
  });

  it('includes as much of the object as is asked for', () => {
    const object = widget('a', { color: 'red' });
    const rowOf = (includeObject: 'None' | 'Metadata' | 'Object') =>
      toTable(widgets, [object], { now, includeObject, version: 'v1beta1' });
    expect(rowOf('Object')).toMatchObject({ apiVersion: 'meta.k8s.io/v1beta1', rows: [{ object }] });
    expect(rowOf('Metadata')).toMatchObject({ rows: [{ object: { apiVersion: 'meta.k8s.io/v1beta1' } }] });
    expect(rowOf('None')).toEqual(expect.objectContaining({ rows: [{ cells: ['a', 'red', '120m'], object: null }] }));
  });

  it('carries the version of a single object', () => {
    expect(toTable(widgets, [widget('a')], { now })).toMatchObject({ metadata: { resourceVersion: '7' } });
  });
});

describe('parseIncludeObject', () => {
  it('knows its values', () => {
    expect([null, '', 'None', 'Metadata', 'Object'].map(parseIncludeObject)).toEqual([
      'Metadata',
      'Metadata',
      'None',
      'Metadata',
      'Object',
    ]);
    expect(() => parseIncludeObject('All')).toThrow(
      "Unable to convert to Table as requested: includeObject: Invalid value: \"All\": must be 'Metadata', 'Object', 'None', or empty",
    );
    try {
      parseIncludeObject('All');
    } catch (error) {
      expect(isFault(error, 'BadRequest')).toBe(true);
    }
  });
});

describe('render', () => {
  const options = { now, includeObject: 'Metadata' as const };
  const plain = { format: 'json' as const, pretty: false };
  const list = { items: [widget('a')], resourceVersion: '9', continue: 'c', remainingItemCount: 1 };

  it('lists items with their kind, and without it for native types', () => {
    expect(renderList(widgets, list, plain, options)).toEqual({
      kind: 'WidgetList',
      apiVersion: 'example.com/v1',
      metadata: { resourceVersion: '9', continue: 'c', remainingItemCount: 1 },
      items: list.items,
    });
    const note: ApiObject = { apiVersion: 'v1', kind: 'Note', metadata: { name: 'n' }, data: { a: 'b' } };
    expect(renderList(notes, { items: [note], resourceVersion: '3' }, plain, options)).toEqual({
      kind: 'NoteList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '3' },
      items: [{ metadata: { name: 'n' }, data: { a: 'b' } }],
    });
    expect(renderList(widgets, { items: [], resourceVersion: '3' }, plain, options)).toMatchObject({ items: [] });
  });

  it('reduces to metadata', () => {
    const one = { ...plain, as: { kind: 'PartialObjectMetadata' as const, version: 'v1' as const } };
    const many = { ...plain, as: { kind: 'PartialObjectMetadataList' as const, version: 'v1beta1' as const } };
    const partial = (version: string) => ({
      kind: 'PartialObjectMetadata',
      apiVersion: `meta.k8s.io/${version}`,
      metadata: widget('a').metadata,
    });
    expect(renderObject(widgets, widget('a'), one, options)).toEqual(partial('v1'));
    expect(renderList(widgets, list, many, options)).toEqual({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1beta1',
      metadata: { resourceVersion: '9', continue: 'c', remainingItemCount: 1 },
      items: [partial('v1beta1')],
    });
  });
});

describe('frames', () => {
  const read = (frame: Uint8Array): unknown => {
    const text = new TextDecoder().decode(frame);
    expect(text.indexOf('\n')).toBe(text.length - 1);
    return JSON.parse(text);
  };
  const options = { now: () => now, includeObject: 'Metadata' as const };

  it('frame an object, and serialise it once', () => {
    const event = { type: 'ADDED' as const, object: widget('a') };
    const plain = { format: 'json' as const, pretty: true };
    const first = createFramer(widgets, plain, options)(event);
    expect(read(first)).toEqual(event);
    expect(createFramer(widgets, plain, options)(event)).toBe(first);
    expect(read(createFramer(widgets, plain, options)({ ...event, type: 'DELETED' }))).toEqual({
      ...event,
      type: 'DELETED',
    });
  });

  it('send the columns of a table once', () => {
    const accepted = { format: 'json' as const, pretty: false, as: { kind: 'Table' as const, version: 'v1' as const } };
    const frame = createFramer(widgets, accepted, options);
    expect(read(frame({ type: 'ADDED', object: widget('a') }))).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Table', metadata: { resourceVersion: '7' }, columnDefinitions: [{}, {}, {}], rows: [{}] },
    });
    const bookmark: ApiObject = {
      apiVersion: 'example.com/v1',
      kind: 'Widget',
      metadata: { name: '', resourceVersion: '9', annotations: { 'k8s.io/initial-events-end': 'true' } },
    };
    expect(read(frame({ type: 'BOOKMARK', object: bookmark }))).toMatchObject({
      type: 'BOOKMARK',
      object: { columnDefinitions: [], rows: [{ object: { metadata: bookmark.metadata } }] },
    });
  });

  it('reduce objects to metadata', () => {
    const as = { kind: 'PartialObjectMetadataList' as const, version: 'v1' as const };
    const frame = createFramer(widgets, { format: 'json', pretty: false, as }, options);
    expect(read(frame({ type: 'MODIFIED', object: widget('a', { color: 'red' }) }))).toEqual({
      type: 'MODIFIED',
      object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: widget('a').metadata },
    });
  });

  it('end with a Status', () => {
    expect(read(errorFrame(expired('too old')))).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    });
  });
});
