import { afterEach, describe, expect, it, vi } from 'vitest';
import { read, readEvents, startKube } from '../../support/kube.ts';

const base = '/apis/example.com/v1/namespaces/default/widgets';
const everywhere = '/apis/example.com/v1/widgets';
const asTable = { headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' } };
const asPartial = { headers: { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' } };
const asPartialList = { headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' } };

const startWithWidgets = async () => {
  const kube = await startKube({ namespaces: ['default', 'other'] });
  for (const [name, color] of Object.entries({ a: 'red', b: 'blue', c: 'red' })) {
    await kube.send('POST', base, { metadata: { name, labels: { color } }, spec: { color } });
  }
  return kube;
};

const namesOf = (body: Record<string, unknown>) =>
  (body.items as { metadata: { name: string } }[]).map(item => item.metadata.name);

describe('a list', () => {
  it('names its kind, and the kind of custom items only', async () => {
    const kube = await startWithWidgets();
    await kube.send('POST', '/api/v1/namespaces/default/notes', { metadata: { name: 'n' } });
    const { body } = await read(kube.call(base));
    expect(body).toMatchObject({
      kind: 'WidgetList',
      apiVersion: 'example.com/v1',
      metadata: { resourceVersion: '4' },
    });
    expect((body.items as object[])[0]).toMatchObject({ kind: 'Widget', apiVersion: 'example.com/v1' });
    const notes = await read(kube.call('/api/v1/notes'));
    expect(notes.body).toMatchObject({ kind: 'NoteList', apiVersion: 'v1' });
    expect((notes.body.items as object[])[0]).not.toHaveProperty('kind');
    expect((await read(kube.call('/apis/example.com/v1/planets'))).body.items).toEqual([]);
  });

  it.each<[string, string, string[]]>([
    ['labels', '?labelSelector=color%3Dred', ['a', 'c']],
    ['a set of labels', '?labelSelector=color%20notin%20(red)', ['b']],
    ['fields', '?fieldSelector=spec.color%3Dblue', ['b']],
    ['a name', '?fieldSelector=metadata.name%3Dc', ['c']],
    ['an unknown parameter', '?wish=granted', ['a', 'b', 'c']],
    ['version 0 with a limit', '?resourceVersion=0&limit=500', ['a', 'b', 'c']],
    ['a negative limit', '?limit=-1', ['a', 'b', 'c']],
  ])('is selected by %s', async (_, query, names) => {
    const kube = await startWithWidgets();
    expect(namesOf((await read(kube.call(base + query))).body)).toEqual(names);
  });

  it.each<[string, number, RegExp]>([
    ['?labelSelector=a%3D%3D%3D', 400, /unable to parse requirement/],
    ['?fieldSelector=spec.size%3D1', 400, /^field label not supported: spec.size$/],
    ['?fieldSelector=nonsense', 400, /./],
    ['?limit=x', 400, /strconv.ParseInt: parsing "x": invalid syntax/],
    [
      '?resourceVersion=x',
      400,
      /^invalid resource version: resourceVersion: Invalid value: "x": strconv.ParseUint: parsing "x": invalid syntax$/,
    ],
    ['?resourceVersion=99999999999999999999', 400, /parsing "99999999999999999999": value out of range$/],
    ['?timeoutSeconds=abc', 400, /^strconv.ParseInt: parsing "abc": invalid syntax$/],
    ['?continue=x', 400, /^invalid continue token/],
    ['?resourceVersion=99', 504, /^Timeout: Too large resource version: 99, current: 4$/],
    ['?resourceVersionMatch=Exact', 422, /resourceVersionMatch is forbidden unless resourceVersion is provided/],
    ['?resourceVersionMatch=x&resourceVersion=1', 422, /supported values: "Exact", "NotOlderThan", ""/],
    ['?resourceVersionMatch=Exact&resourceVersion=0', 422, /"exact" is forbidden for resourceVersion "0"/],
    ['?resourceVersionMatch=Exact&resourceVersion=1&continue=x', 422, /forbidden when continue is provided/],
    [
      '?sendInitialEvents=true',
      422,
      /^ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialE/,
    ],
  ])('refuses %s', async (query, code, message) => {
    const kube = await startWithWidgets();
    const answer = await read(kube.call(base + query));
    expect(answer.code).toBe(code);
    expect(answer.body.message).toMatch(message);
  });

  it('pages over HTTP', async () => {
    const kube = await startWithWidgets();
    const one = await read(kube.call(`${everywhere}?limit=2`));
    const { continue: token, remainingItemCount } = one.body.metadata as unknown as Record<string, unknown>;
    expect([namesOf(one.body), remainingItemCount]).toEqual([['a', 'b'], 1]);
    const two = await read(kube.call(`${everywhere}?limit=2&continue=${token}`));
    expect(namesOf(two.body)).toEqual(['c']);
    expect(two.body.metadata).toEqual({ resourceVersion: '4' });
  });

  it('comes as a table or as metadata', async () => {
    const kube = await startWithWidgets();
    const table = await read(kube.call(`${base}?limit=1`, asTable));
    expect(table.body).toMatchObject({
      kind: 'Table',
      metadata: { resourceVersion: '4', remainingItemCount: 2, continue: expect.any(String) },
      rows: [{ cells: ['a', 'red', '0s'], object: { kind: 'PartialObjectMetadata' } }],
    });
    const bad = await read(kube.call(`${base}?includeObject=x`, asTable));
    expect(bad).toMatchObject({ code: 400, body: { message: expect.stringMatching(/^Unable to convert to Table/) } });
    expect((await kube.call(`${base}?includeObject=x`)).status).toBe(200);
    const partial = await read(kube.call(base, asPartialList));
    expect(partial.body).toMatchObject({ kind: 'PartialObjectMetadataList', items: [{}, {}, {}] });
    const wrong = { code: 406, body: { kind: 'Status', reason: 'NotAcceptable', code: 406 } };
    expect(await read(kube.call(base, asPartial))).toMatchObject({
      ...wrong,
      body: {
        message:
          'you requested PartialObjectMetadata, but the requested object is a list (*unstructured.UnstructuredList)',
      },
    });
    const { body } = await read(kube.call('/api/v1/namespaces', asPartial));
    expect(body.message).toBe(
      'you requested PartialObjectMetadata, but the requested object is a list (*core.NamespaceList)',
    );
    expect((await read(kube.call(`${base}/a`, asPartialList))).body.message).toBe(
      'you requested PartialObjectMetadataList, but the requested object is not a list (*unstructured.Unstructured)',
    );
    expect((await read(kube.call(`${base}/a`, asPartial))).body).not.toHaveProperty('spec');
  });
});

describe('a watch', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('streams what happens, and ends cleanly with a bookmark when its time is up', async () => {
    const kube = await startWithWidgets();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const response = await kube.call(
      `${base}?watch=true&resourceVersion=3&allowWatchBookmarks=true&timeoutSeconds=900`,
    );
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'content-encoding': 'identity',
      'cache-control': 'no-cache, private, no-transform',
    });
    await kube.call(`${base}/a`, { method: 'DELETE' });
    const events: string[] = [];
    for await (const { type, object } of readEvents(response)) {
      events.push(`${type} ${object.metadata.name ?? ''} ${object.metadata.resourceVersion}`);
      // Two seconds before the end comes the bookmark.
      if (type === 'DELETED') vi.advanceTimersByTime(898_000);
      if (type === 'BOOKMARK') vi.advanceTimersByTime(2_000);
    }
    expect(events).toEqual(['ADDED c 4', 'DELETED a 5', 'BOOKMARK  5']);
  });

  it('shows the whole state first when asked for it', async () => {
    const kube = await startWithWidgets();
    const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
    const events: object[] = [];
    for await (const event of readEvents(await kube.call(`${everywhere}?${query}`))) {
      events.push(event);
      if (event.type === 'BOOKMARK') break;
    }
    expect(events).toHaveLength(4);
    expect(events[3]).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'Widget',
        apiVersion: 'example.com/v1',
        metadata: {
          resourceVersion: '4',
          annotations: { 'k8s.io/initial-events-end': 'true' },
        },
      },
    });
  });

  it('says in an event that a version is gone', async () => {
    const kube = await startWithWidgets();
    kube.store.tail = async function* () {
      const { Fault } = await import('../../../shared/base/fault.ts');
      yield* [];
      throw new Fault('Expired', 'compacted');
    };
    const response = await kube.call(`${base}?watch=true&resourceVersion=2`);
    const lines = (await response.text()).trim().split('\n');
    expect(lines.map(line => JSON.parse(line) as unknown)).toEqual([
      {
        type: 'ERROR',
        object: {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Failure',
          message: 'too old resource version: 2 (4)',
          reason: 'Expired',
          code: 410,
        },
      },
    ]);
  });

  it('sends columns once in a table', async () => {
    const kube = await startWithWidgets();
    const tables: { columnDefinitions: unknown[]; rows: unknown[] }[] = [];
    for await (const { object } of readEvents(await kube.call(`${base}?watch=true`, asTable))) {
      tables.push(object as never);
      if (tables.length === 3) break;
    }
    expect(tables.map(table => [table.columnDefinitions.length, table.rows.length])).toEqual([
      [3, 1],
      [0, 1],
      [0, 1],
    ]);
  });

  it('stops reading the store when the reader goes away', async () => {
    const kube = await startWithWidgets();
    let stopped: (() => void) | undefined;
    const ended = new Promise<void>(resolve => {
      stopped = resolve;
    });
    const tail = kube.store.tail;
    kube.store.tail = (type, after, signal) => {
      signal.addEventListener('abort', () => stopped?.());
      return tail(type, after, signal);
    };
    const response = await kube.call(`${base}?watch=true&resourceVersion=4`);
    await kube.call(`${base}/a`, { method: 'DELETE' });
    for await (const _ of readEvents(response)) break;
    await ended;
  });

  it('does not wait for one who does not read', async () => {
    const kube = await startWithWidgets();
    const response = await kube.call(`${base}?watch=true&resourceVersion=4`);
    const big = 'x'.repeat(100_000);
    for (let i = 0; i < 20; i += 1) {
      await kube.send(
        'PATCH',
        `${base}/a`,
        { metadata: { annotations: { big: big + i } } },
        'application/merge-patch+json',
      );
    }
    let seen = 0;
    for await (const _ of readEvents(response)) {
      seen += 1;
      if (seen === 20) break;
    }
    expect(seen).toBe(20);
  });

  it.each<[string, number, RegExp]>([
    ['fieldSelector=spec.size%3D1', 400, /field label not supported/],
    ['resourceVersion=x', 400, /invalid resource version/],
    ['timeoutSeconds=x', 400, /invalid syntax/],
    ['sendInitialEvents=true', 422, /sendInitialEvents requires setting resourceVersionMatch to NotOlderThan/],
    ['resourceVersionMatch=NotOlderThan', 422, /resourceVersionMatch is forbidden for watch unless sendInitialEvents/],
    [
      'resourceVersionMatch=Exact&sendInitialEvents=true',
      422,
      /Unsupported value: "Exact": supported values: "NotOlder/,
    ],
  ])('refuses %s before it begins', async (query, code, message) => {
    const kube = await startWithWidgets();
    const answer = await read(kube.call(`${base}?watch=true&${query}`));
    expect(answer.code).toBe(code);
    expect(answer.body.message).toMatch(message);
  });

  it('ends cleanly when the server closes, and when it is closing already', async () => {
    const closing = new AbortController();
    const kube = await startKube({ closing: closing.signal });
    const open = await kube.call(`${base}?watch=true&resourceVersion=1`);
    closing.abort();
    expect(await open.text()).toBe('');
    expect(await (await kube.call(`${base}?watch=true&resourceVersion=1`)).text()).toBe('');
  });

  it('shows one object by the old path', async () => {
    const kube = await startWithWidgets();
    const path = '/apis/example.com/v1/watch/namespaces/default/widgets/b';
    for await (const { type, object } of readEvents(await kube.call(path))) {
      expect([type, object.metadata.name]).toEqual(['ADDED', 'b']);
      break;
    }
    expect(kube.audited.at(-1)).toMatchObject({
      verb: 'watch',
      stage: 'ResponseComplete',
      responseStatus: { code: 200 },
    });
  });

  it('is not served as YAML', async () => {
    const kube = await startWithWidgets();
    expect((await kube.call(`${base}?watch=true`, { headers: { accept: 'application/yaml' } })).status).toBe(406);
  });
});
