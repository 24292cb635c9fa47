import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import type { Json } from '../../shared/base/object.ts';
import { createFairness } from '../../shared/kube/access/fairness.ts';
import type { Attributes } from '../../shared/kube/access/user.ts';
import { createAuditor } from '../../shared/kube/audit/auditor.ts';
import type { AuditEvent } from '../../shared/kube/audit/event.ts';
import type { AuditPolicy } from '../../shared/kube/audit/policy.ts';
import type { StreamParts } from '../../shared/stream/app.ts';
import { createStreamApp } from '../../shared/stream/app.ts';
import { createMemoryTelemetry } from '../../shared/telemetry/drivers/memory.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { createClock, silentLog } from '../conformance/clock.ts';

const uuid = '11111111-2222-4333-8444-555555555555';
const other = '99999999-2222-4333-8444-555555555555';
const app1 = 'aaaaaaaa-2222-4333-8444-555555555555';
const log = `/edgenode/${uuid}/log`;

/** Costs a million units for every entry, were it not for the bound. */
const costly = 'abcdef'.split('').reduce((inner, name) => `[0,1,2,3,4,5,6,7,8,9].all(${name}, ${inner})`, 'true');

type Line = Record<string, Json>;

describe('stream app', () => {
  let clock: ReturnType<typeof createClock>;
  let telemetry: Telemetry;
  let asked: Attributes[];
  let may: (attributes: Attributes) => boolean;
  let stop: AbortController;

  beforeEach(() => {
    clock = createClock(Date.UTC(2026, 0, 1, 12));
    telemetry = createMemoryTelemetry();
    asked = [];
    may = () => true;
    stop = new AbortController();
  });
  afterEach(() => stop.abort());

  const create = (limits: StreamParts['limits'] = {}, more: Partial<StreamParts> = {}) =>
    createStreamApp({
      telemetry,
      authenticate: async request => {
        const name = request.headers.get('authorization');
        if (name === 'bad') throw new Fault('Unauthorized', 'Unauthorized');
        return name === 'nobody' ? undefined : { name: name ?? 'ann', groups: [] };
      },
      authorizer: {
        async authorize(attributes) {
          asked.push(attributes);
          return { allowed: may(attributes), reason: 'secret' };
        },
      },
      findDevice: async wanted => (wanted === uuid ? { namespace: 'plant', name: 'pump' } : undefined),
      decode: async (_, body) => {
        const text = new TextDecoder().decode(body);
        if (text === 'broken') throw new Fault('Invalid', 'the payload is not a gzip file');
        if (text === 'bug') throw new TypeError('secret');
        return JSON.parse(text) as Line[]; // what `send` wrote
      },
      ports: { clock, log: silentLog, random: { bytes: length => new Uint8Array(length), uuid: () => uuid } },
      signal: stop.signal,
      limits,
      ...more,
    });

  const send = async (lines: Line[] | string, { kind = 'log', part, device = uuid }: Partial<Sent> = {}) => {
    const text = typeof lines === 'string' ? lines : JSON.stringify(lines);
    const body = new TextEncoder().encode(text);
    await telemetry.append(kind, [{ device, ...(part && { part }), at: clock.now(), body }]);
  };
  const get = (path: string, headers: Record<string, string> = {}) => create().request(path, { headers });
  const contents = async (response: Response) => {
    const text = await response.text();
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map(line => JSON.parse(line).content);
  };

  describe('what there is', () => {
    beforeEach(async () => {
      await send([line('a1'), line('a2', 'error', 'kernel'), line('a3', 'warning')]);
      clock.advance(60_000);
      await send([line('b1', 'debug')]);
      await send([line('x1')], { kind: 'applog', part: app1 });
      await send([line('y1')], { device: other });
      clock.advance(60_000);
      await send([line('c1', 'fatal', 'kernel'), { content: 'c2' }]);
      clock.advance(60_000);
    });

    it.each([
      ['', 'a1 a2 a3 b1 c1 c2'],
      ['?since=2m', 'b1 c1 c2'],
      ['?since=1m30s', 'c1 c2'],
      ['?since=2026-01-01T12:01:00Z', 'b1 c1 c2'],
      ['?since=2026-01-01T14:01:00+02:00', 'b1 c1 c2'],
      ['?since=2026-01-01T14:01:00%2B02:00', 'b1 c1 c2'],
      ['?until=2026-01-01T12:02:00Z', 'a1 a2 a3 b1'],
      ['?since=2m&until=1m', 'b1'],
      ['?limit=4', 'a1 a2 a3 b1'],
      ['?limit=0', ''],
      ['?tailLines=4', 'a3 b1 c1 c2'],
      ['?tailLines=0', ''],
      ['?tailLines=99', 'a1 a2 a3 b1 c1 c2'],
      ['?tailLines=4&limit=2', 'a3 b1'],
      ['?severity=warning', 'a2 a3 c1'],
      [`?filter=${encodeURIComponent("entry.content.startsWith('a') && entry.content != 'a2'")}`, 'a1 a3'],
      [`?severity=error&filter=${encodeURIComponent("entry.content.endsWith('2')")}`, 'a2'],
      [`?filter=${encodeURIComponent('entry.missing == 1')}`, ''],
      [`?filter=${encodeURIComponent(costly)}`, ''],
      ['?severity=ERR', 'a2 c1'],
      ['?severity=trace', 'a1 a2 a3 b1 c1 c2'],
      ['?severity=info', 'a1 a2 a3 c1 c2'],
      ['?source=kernel', 'a2 c1'],
      ['?source=kernel,zedagent', 'a1 a2 a3 b1 c1'],
      ['?content~=^[ab]1$', 'a1 b1'],
      ['?content~=2&severity=error', 'a2'],
      ['?severity=error&tailLines=1', 'c1'],
      ['?severity=error&limit=1', 'a2'],
    ])('%s', async (query, expected) => {
      const response = await get(log + query);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('application/x-ndjson');
      expect((await contents(response)).join(' ')).toBe(expected);
    });

    it('has every line with its arrival and its place', async () => {
      const [first] = (await (await get(log)).text()).split('\n').map(text => text && JSON.parse(text));
      expect(first).toEqual({
        content: 'a1',
        severity: 'info',
        source: 'zedagent',
        receivedAt: '2026-01-01T12:00:00.000Z',
        cursor: expect.stringMatching(/^\w+\.1$/),
      });
    });

    it('goes on behind any place, by query or header', async () => {
      const lines = (await (await get(log)).text())
        .trimEnd()
        .split('\n')
        .map(text => JSON.parse(text));
      for (const [i, { cursor }] of lines.entries()) {
        const rest = lines.slice(i + 1).map(({ content }) => content);
        expect(await contents(await get(`${log}?after=${cursor}`))).toEqual(rest);
        expect(await contents(await get(`${log}?since=0&tailLines=1`, { 'last-event-id': cursor }))).toEqual(rest);
        expect(await contents(await get(`${log}?after=${cursor}&tailLines=1`))).toEqual(rest.slice(-1));
        expect(await contents(await get(`${log}?after=${cursor}&severity=error`))).toEqual(
          rest.filter(content => ['a2', 'c1'].includes(content)),
        );
      }
    });

    it('tells applications’ logs apart, in either case of the UUIDs', async () => {
      expect(await contents(await get(`/edgenode/${uuid.toUpperCase()}/apps/${app1.toUpperCase()}/log`))).toEqual([
        'x1',
      ]);
      expect(await contents(await get(`/edgenode/${uuid}/apps/${other}/log`))).toEqual([]);
    });

    it.each(['info', 'metrics', 'flowlog', 'hardwarehealth'])('reads %s', async kind => {
      await send([{ atTimeStamp: 'x' }], { kind });
      const response = await get(`/edgenode/${uuid}/${kind}`);
      const cursor = expect.stringMatching(/^\w+$/);
      expect(await response.json()).toEqual({ atTimeStamp: 'x', receivedAt: '2026-01-01T12:03:00.000Z', cursor });
    });

    it('counts a file that was sent twice once', async () => {
      await send([line('c1', 'fatal', 'kernel'), { content: 'c2' }]);
      expect(await contents(await get(log))).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'c2']);
      expect(await contents(await get(`${log}?tailLines=3`))).toEqual(['b1', 'c1', 'c2']);
    });

    it('tells of what cannot be read, and goes on', async () => {
      await send('broken');
      await send([line('d1')]);
      const lines = (await (await get(`${log}?tailLines=2`)).text())
        .trimEnd()
        .split('\n')
        .map(text => JSON.parse(text));
      expect(lines).toMatchObject([{ error: 'the payload is not a gzip file' }, { content: 'd1' }]);
    });

    it('ends with a Status when a bug ends it, and hides the bug', async () => {
      await send('bug');
      const last = (await (await get(log)).text()).trimEnd().split('\n').at(-1) ?? '';
      expect(JSON.parse(last)).toMatchObject({ kind: 'Status', reason: 'InternalError', code: 500 });
      expect(last).not.toContain('secret');
    });

    it('answers HEAD with the head alone', async () => {
      const response = await create().request(log, { method: 'HEAD', headers: { 'x-stream': 'true' } });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('');
    });

    it('makes an event stream of it that ends, when asked', async () => {
      const text = await (await get(`${log}?limit=2`, { accept: 'text/event-stream', 'x-stream': 'false' })).text();
      expect(text).toMatch(/^: following\n\nid: \w+\.1\nevent: log\ndata: \{"content":"a1".*\}\n\nid: \w+\.2\n/);
    });
  });

  describe('following', () => {
    it('tells what comes, from now on', async () => {
      await send([line('old')]);
      const reader = await follow(get(log, { 'x-stream': 'true' }));
      await send([line('new'), line('newer')]);
      await send([line('other')], { device: other });
      await send([line('newest', 'error')]);
      expect(await reader.contents(3)).toEqual(['new', 'newer', 'newest']);
      await reader.cancel();
    });

    it('tells the latest first with tailLines, and what arrived since with since', async () => {
      await send([line('1'), line('2')]);
      clock.advance(60_000);
      await send([line('3')]);
      const readers = [
        await follow(get(`${log}?tailLines=2`, { 'x-stream': 'true' })),
        await follow(get(`${log}?since=30s`, { 'x-stream': 'true' })),
        await follow(get(`${log}?tailLines=5&severity=error`, { 'x-stream': 'true' })),
        await follow(get(`/edgenode/${uuid}/apps/${app1}/log?tailLines=5`, { 'x-stream': 'true' })),
      ];
      await send([line('4', 'error')]);
      await send([line('5')], { kind: 'applog', part: app1 });
      expect(await readers[0]?.contents(3)).toEqual(['2', '3', '4']);
      expect(await readers[1]?.contents(2)).toEqual(['3', '4']);
      expect(await readers[2]?.contents(1)).toEqual(['4']);
      expect(await readers[3]?.contents(1)).toEqual(['5']);
      for (const reader of readers) await reader.cancel();
    });

    it('goes on with tailLines behind what it told first', async () => {
      for (const n of [1, 2, 3]) await send([{ content: `${n}` }], { kind: 'metrics' });
      const reader = await follow(get(`/edgenode/${uuid}/metrics?tailLines=2`, { 'x-stream': 'true' }));
      await send([{ content: '4' }], { kind: 'metrics' });
      expect(await reader.contents(3)).toEqual(['2', '3', '4']);
      await reader.cancel();
    });

    it('loses and repeats nothing across a reconnect in the middle of a record', async () => {
      await send([line('0')]);
      const path = `${log}?tailLines=1`;
      let lastEventId = '';
      const seen: string[] = [];
      for (let round = 0; round < 6; round++) {
        const headers = { accept: 'text/event-stream', ...(lastEventId && { 'last-event-id': lastEventId }) };
        const reader = await follow(get(path, headers));
        if (round % 2 === 0) await send([1, 2, 3, 4].map(i => line(`${round}.${i}`)));
        const events = await reader.events(2);
        await reader.cancel();
        seen.push(...events.map(event => event.data.content));
        lastEventId = events.at(-1)?.id ?? '';
      }
      expect(seen).toEqual(['0', '0.1', '0.2', '0.3', '0.4', '2.1', '2.2', '2.3', '2.4', '4.1', '4.2', '4.3']);
    });

    it('ends after limit, when told to end, and after its time', async () => {
      const limited = await follow(get(`${log}?limit=1`, { 'x-stream': 'true' }));
      const stopped = await follow(get(log, { 'x-stream': 'true' }));
      const timed = await follow(create({ followMs: 1 }).request(log, { headers: { 'x-stream': 'true' } }));
      await send([line('1'), line('2')]);
      expect(await limited.rest()).toMatch(/^\{"content":"1"[^\n]*\n$/);
      expect(await stopped.contents(2)).toEqual(['1', '2']);
      stop.abort();
      expect(await stopped.rest()).toBe('');
      expect(await timed.rest()).toMatch(/^(\{"content".*\}\n)*$/);
    });

    it('keeps an event stream alive', async () => {
      const app = create({ keepAliveMs: 1 });
      const reader = await follow(app.request(log, { headers: { accept: 'text/event-stream' } }));
      expect(await reader.text(20)).toMatch(/^: following\n\n(:\n\n)+/);
      await reader.cancel();
    });

    it('is for so many at a time', async () => {
      const app = create({ followers: 2 });
      const request = () => app.request(log, { headers: { 'x-stream': 'true' } });
      const readers = [await follow(request()), await follow(request())];
      const refused = await request();
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBe('5');
      expect((await app.request(log)).status).toBe(200);
      await readers[0]?.cancel();
      const again = await follow(request());
      await again.cancel();
      await readers[1]?.cancel();
    });
  });

  describe('who may', () => {
    it('asks for the subresource of the Device', async () => {
      await get(log);
      const reader = await follow(get(`/edgenode/${uuid}/metrics`, { 'x-stream': 'true' }));
      await reader.cancel();
      await get(`/edgenode/${uuid}/apps/${app1}/log`);
      const resource = {
        group: 'eve.lfedge.org',
        version: 'v1beta1',
        resource: 'devices',
        namespace: 'plant',
        name: 'pump',
      };
      expect(asked).toMatchObject([
        { user: { name: 'ann' }, verb: 'get', resource: { ...resource, subresource: 'log' } },
        { user: { name: 'ann' }, verb: 'watch', resource: { ...resource, subresource: 'metrics' } },
        { user: { name: 'ann' }, verb: 'get', resource: { ...resource, subresource: 'log' } },
      ]);
    });

    it.each(['nobody', 'bad'])('answers 401 to %s', async authorization => {
      const response = await get(log, { authorization });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        kind: 'Status',
        apiVersion: 'v1',
        reason: 'Unauthorized',
        code: 401,
      });
    });

    it('tells one who may read one namespace the same of a stranger’s Device as of none', async () => {
      may = ({ resource }) => resource?.namespace === 'elsewhere';
      const answers = [];
      for (const id of [uuid, other, 'not-a-uuid']) {
        const response = await get(`/edgenode/${id}/log`);
        answers.push([response.status, (await response.text()).replaceAll(id, 'ID')]);
      }
      expect(answers[0]?.[0]).toBe(403);
      expect(answers[1]).toEqual(answers[0]);
      expect(answers[2]).toEqual(answers[0]);
      expect(answers[0]?.[1]).not.toMatch(/plant|pump|secret/);
    });

    it('answers 404 to one who may read all', async () => {
      const response = await get(`/edgenode/${other}/log`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        reason: 'NotFound',
        message: `devices.eve.lfedge.org "${other}" not found`,
        details: { group: 'eve.lfedge.org', kind: 'devices', name: other },
      });
      expect(asked[0]?.resource).not.toHaveProperty('namespace');
    });

    it('acts as another when the caller may', async () => {
      await get(log, { 'impersonate-user': 'bob' });
      expect(asked.map(({ user, verb }) => [user.name, verb])).toEqual([
        ['ann', 'impersonate'],
        ['bob', 'get'],
      ]);
      may = ({ verb }) => verb !== 'impersonate';
      expect((await get(log, { 'impersonate-user': 'bob' })).status).toBe(403);
    });
  });

  describe('bad requests', () => {
    it.each([
      [
        'filter=content.contains(1)',
        "filter is not a CEL expression over entry: ERROR: <input>:1:1: undeclared reference to 'content' (in container '')\n | content.contains(1)\n | ^",
      ],
      ['filter=1', 'filter is not a CEL expression over entry: must evaluate to bool'],
      [`filter=${'a'.repeat(2001)}`, 'filter may have 2000 characters'],
      ['sinse=5m', 'query parameter "sinse" is not known'],
      ['since=5', 'since must be a time'],
      ['since=-5m', 'since must be a time'],
      ['since=2026-13-01T00:00:00Z', 'since must be a time'],
      ['until=yesterday', 'until must be a time'],
      ['limit=-1', 'limit must be a number'],
      ['limit=1e3', 'limit must be a number'],
      ['tailLines=10001', 'tailLines must not be more than 10000'],
      ['severity=loud', 'severity must be one of trace, debug'],
      ['content~=(', 'content~ is not an RE2 pattern'],
      ['content~=.{1000}.{1000}', 'content~ is too complex'],
      ['after=', 'not a position'],
      ['after=../x', 'not a position'],
      ['after=zzz', 'Not a position'],
      ['limit=1&limit=2', 'query parameter "limit" is given twice'],
      ['__proto__=1', 'query parameter "__proto__" is not known'],
    ])('?%s', async (query, message) => {
      await send([line('1')]);
      const response = await get(`${log}?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({
        kind: 'Status',
        reason: 'BadRequest',
        message: expect.stringContaining(message),
      });
    });

    it('refuses a pattern of more than 1000 characters', async () => {
      expect((await get(`${log}?content~=${'a'.repeat(900)}`)).status).toBe(200);
      expect((await get(`${log}?content~=${'a'.repeat(1001)}`)).status).toBe(400);
    });

    it.each([
      [`/edgenode/${uuid}/info?severity=info`, {}, 400, 'is for logs only'],
      [`${log}?until=1m`, { 'x-stream': 'true' }, 400, 'until cannot be combined'],
      [log, { 'x-stream': 'perhaps' }, 400, 'X-Stream'],
      [log, { accept: 'image/png' }, 406, 'media types'],
      [log, { 'last-event-id': 'a b' }, 400, 'not a position'],
      [`/edgenode/${uuid}`, {}, 404, 'could not find'],
      [`/edgenode/${uuid}/logs`, {}, 404, 'could not find'],
      [`/edgenode/${uuid}/apps/${app1}/info`, {}, 404, 'could not find'],
      [`/edgenode/${uuid}/log/`, {}, 404, 'could not find'],
    ])('%s %j: %i', async (path, headers, status, message) => {
      const response = await get(path, headers as Record<string, string>);
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ kind: 'Status', message: expect.stringContaining(message) });
    });

    it('does not tell the unauthorised which paths there are', async () => {
      may = () => false;
      expect((await get(`/edgenode/${uuid}/logs`)).status).toBe(403);
    });

    it.each(['POST', 'DELETE'])('refuses %s', async method => {
      const response = await create().request(log, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    });
  });

  describe('like any request', () => {
    const recorded = () => {
      const events: AuditEvent[] = [];
      const write = (event: AuditEvent): void => void events.push(event);
      return { events, auditor: createAuditor({ policy: bodiesPolicy, write, clock, log: silentLog }) };
    };
    const bodiesPolicy: AuditPolicy = () => ({ level: 'RequestResponse', omitStages: [], omitManagedFields: false });
    const following = { headers: { 'x-stream': 'true' } };
    const stages = (events: readonly AuditEvent[]) =>
      events.map(({ stage, responseStatus }) => [stage, responseStatus?.code]);

    it('is recorded, without what was read', async () => {
      await send([{ content: 'very private' }]);
      const { events, auditor } = recorded();
      const app = create({}, { auditor });
      const answer = await app.request(log, { headers: { 'audit-id': 'mine' } });
      expect(await contents(answer)).toEqual(['very private']);
      await auditor.drain();
      expect(answer.headers.get('audit-id')).toBe('mine');
      expect(stages(events)).toEqual([
        ['RequestReceived', undefined],
        ['ResponseComplete', 200],
      ]);
      expect(events[1]).toMatchObject({
        auditID: 'mine',
        requestURI: log,
        verb: 'get',
        user: { username: 'ann' },
        annotations: { 'authorization.k8s.io/decision': 'allow' },
      });
      expect(JSON.stringify(events)).not.toContain('very private');
    });

    it('is recorded without what was sent', async () => {
      const { events, auditor } = recorded();
      const body = JSON.stringify({ kind: 'Secret', stringData: { password: 'very private' } });
      await create({}, { auditor }).request(`/edgenode/${uuid}/preview`, { method: 'POST', body });
      await auditor.drain();
      expect(events).toHaveLength(2);
      expect(JSON.stringify(events)).not.toContain('very private');
    });

    it('is recorded when it is refused', async () => {
      const { events, auditor } = recorded();
      const app = create({}, { auditor });
      may = () => false;
      await app.request(log);
      await app.request(log, { headers: { authorization: 'bad' } });
      await auditor.drain();
      expect(events.map(({ stage, responseStatus, user }) => [stage, responseStatus?.code, user?.username])).toEqual([
        ['RequestReceived', undefined, 'ann'],
        ['ResponseComplete', 403, 'ann'],
        ['RequestReceived', undefined, undefined],
        ['ResponseStarted', 401, undefined],
      ]);
    });

    it('is recorded as it begins and as it ends when it goes on', async () => {
      const { events, auditor } = recorded();
      const followed = await create({}, { auditor }).request(log, following);
      expect(stages(events)).toEqual([
        ['RequestReceived', undefined],
        ['ResponseStarted', 200],
      ]);
      await followed.body?.cancel();
      await auditor.drain();
      expect(stages(events).at(-1)).toEqual(['ResponseComplete', 200]);
    });

    it('waits for its turn, and is one of so many that go on', async () => {
      const fairness = createFairness({
        seats: 1,
        seatsPerUser: 1,
        queueLength: 0,
        queued: 0,
        patienceMs: 10,
        longRunning: 1,
      });
      const app = create({}, { fairness });
      const leave = await fairness.enter('ann');
      const busy = await app.request(log);
      expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '1']);
      leave?.();
      const first = await app.request(log, following);
      expect(first.status).toBe(200);
      expect((await app.request(log, following)).status).toBe(429);
      expect((await app.request(log)).status).toBe(200);
      await first.body?.cancel();
      const again = await app.request(log, following);
      expect(again.status).toBe(200);
      await again.body?.cancel();
    });
  });
});

interface Sent {
  kind: string;
  part: string;
  device: string;
}

const line = (content: string, severity = 'info', source = 'zedagent'): Line => ({ content, severity, source });

/** A reader of a body that goes on; it is connected, and hears what happens from now on, when this resolves. */
const follow = async (pending: Response | Promise<Response>) => {
  const response = await pending;
  expect(response.status).toBe(200);
  const reader = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  let buffer = '';
  let chunk = reader.read();
  const more = async (): Promise<boolean> => {
    const { done, value } = await chunk;
    if (done) return false;
    buffer += new TextDecoder().decode(value);
    chunk = reader.read();
    return true;
  };
  for (let i = 0; i < 20; i++) await new Promise(resolve => setImmediate(resolve));
  const take = async (count: number, separator: string): Promise<string[]> => {
    const found: string[] = [];
    while (found.length < count) {
      const end = buffer.indexOf(separator);
      if (end < 0) {
        if (!(await more())) break;
        continue;
      }
      if (!buffer.startsWith(':')) found.push(buffer.slice(0, end));
      buffer = buffer.slice(end + separator.length);
    }
    return found;
  };
  return {
    contents: async (count: number) => (await take(count, '\n')).map(text => JSON.parse(text).content as string),
    events: async (count: number) =>
      (await take(count, '\n\n')).map(text => ({
        id: /^id: (.*)$/m.exec(text)?.[1] ?? '',
        data: JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '{}'),
      })),
    text: async (length: number) => {
      while (buffer.length < length && (await more()));
      return buffer;
    },
    rest: async () => {
      while (await more());
      return buffer;
    },
    cancel: () => reader.cancel(),
  };
};
