import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFairness } from '../../shared/kube/access/fairness.ts';
import { createAuditor } from '../../shared/kube/audit/auditor.ts';
import type { AuditEvent } from '../../shared/kube/audit/event.ts';
import type { AuditPolicy } from '../../shared/kube/audit/policy.ts';
import { type Adam, makePair, pem, startAdam } from './kit.ts';

const first = makePair('EVE');
const second = makePair('EVE');
const onboard = makePair('Shelf 7/B');
const stranger = '00000000-0000-4000-8000-000000000000';

let kit: Adam;
beforeEach(async () => {
  kit = await startAdam();
});
afterEach(() => kit.stop.abort());

const device = (name: string) => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind: 'Device',
  metadata: { name, namespace: 'default' },
});

describe('who may', () => {
  it('answers the probe to anybody, and nothing else', async () => {
    expect(await kit.status(kit.adam.request('/probe'))).toBe(200);
    for (const path of ['/admin/device', '/admin/onboard', '/admin/options', '/admin/nothing', '/admin']) {
      const answer = await kit.adam.request(path);
      expect([answer.status, await answer.text()], path).toEqual([401, 'Unauthorized\n']);
    }
    expect(await kit.status(kit.ask('GET', '/admin/device', undefined, { authorization: 'bad' }))).toBe(401);
  });

  it.each([
    ['GET', '/admin/onboard', 'list onboardcertificates'],
    ['POST', '/admin/onboard', 'create onboardcertificates'],
    ['DELETE', '/admin/onboard', 'deletecollection onboardcertificates'],
    ['GET', '/admin/onboard/x', 'get onboardcertificates'],
    ['DELETE', '/admin/onboard/x', 'delete onboardcertificates'],
    ['GET', '/admin/device', 'list devices'],
    ['POST', '/admin/device', 'create devices'],
    ['DELETE', '/admin/device', 'deletecollection devices'],
    ['GET', '/admin/device/UUID', 'get devices'],
    ['DELETE', '/admin/device/UUID', 'delete devices'],
    ['GET', '/admin/device/UUID/config', 'get deviceconfigs'],
    ['PUT', '/admin/device/UUID/config', 'update deviceconfigs'],
    ['GET', '/admin/device/UUID/certs', 'get devices'],
    ['GET', '/admin/device/UUID/options', 'get devices/options'],
    ['PUT', '/admin/device/UUID/options', 'update devices/options'],
    ['GET', '/admin/device/UUID/logs', 'get devices/log'],
    ['GET', '/admin/device/UUID/info', 'get devices/info'],
    ['GET', '/admin/device/UUID/metrics', 'get devices/metrics'],
    ['GET', '/admin/device/UUID/flowlogs', 'get devices/flowlog'],
    ['GET', '/admin/device/UUID/requests', 'get devices/requests'],
    ['GET', '/admin/device/UUID/app/a/logs', 'get devices/log'],
    ['GET', '/admin/options', 'get configmaps'],
    ['PUT', '/admin/options', 'update configmaps'],
  ])('%s %s needs %s, of a known device and an unknown one alike', async (method, path, wanted) => {
    const known = await kit.add(first);
    for (const uuid of [known, stranger]) {
      kit.asked.length = 0;
      const answer = await kit.ask(method, path.replace('UUID', uuid), undefined, { authorization: 'eve' });
      expect(answer.status).toBe(403);
      const { verb, resource } = kit.asked[0] ?? {};
      const sub = resource?.subresource === undefined ? '' : `/${resource.subresource}`;
      expect(`${verb} ${resource?.resource}${sub}`).toBe(wanted);
      expect(resource?.namespace).toBe(path === '/admin/options' ? 'kube-system' : 'default');
    }
    expect(await kit.status(kit.ask('GET', `/admin/device/${known}`))).toBe(200);
  });

  it('lets everybody do everything when it is open', async () => {
    const open = await startAdam({}, 'open');
    expect(await open.status(open.adam.request('/admin/device'))).toBe(200);
    open.stop.abort();
  });

  it('is recorded, without what was sent, open or not', async () => {
    for (const way of ['guarded', 'open'] as const) {
      const events: AuditEvent[] = [];
      const policy: AuditPolicy = () => ({ level: 'RequestResponse', omitStages: [], omitManagedFields: false });
      const write = (event: AuditEvent): void => void events.push(event);
      const auditor = createAuditor({ policy, write, clock: kit.clock, log: kit.log });
      const own = await startAdam({}, way, { auditor });
      const uuid = await own.add(first);
      await own.ask('PUT', `/admin/device/${uuid}/options`, { mine: 'very private' });
      await own.ask('DELETE', '/admin/device', undefined, { authorization: 'eve' });
      await auditor.drain();
      const done = events.filter(({ stage }) => stage === 'ResponseComplete');
      expect(done.map(({ verb, requestURI, responseStatus }) => [verb, requestURI, responseStatus?.code])).toEqual([
        ['post', '/admin/device', 201],
        ['put', `/admin/device/${uuid}/options`, 200],
        ['delete', '/admin/device', way === 'open' ? 200 : 403],
      ]);
      expect(done[2]?.user?.username).toBe(way === 'open' ? 'system:adam' : 'eve');
      expect(JSON.stringify(events)).not.toContain('very private');
      own.stop.abort();
    }
  });

  it('waits for its turn, and follows no more than others may', async () => {
    const limits = { seats: 1, seatsPerUser: 1, queueLength: 0, queued: 0, patienceMs: 10, longRunning: 1 };
    const fairness = createFairness(limits);
    const own = await startAdam({}, 'guarded', { fairness });
    const uuid = await own.add(first);
    const leave = await fairness.enter('admin');
    const busy = await own.ask('GET', '/admin/device');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '1']);
    leave?.();
    const follow = () => own.ask('GET', `/admin/device/${uuid}/logs`, undefined, { 'x-stream': 'true' });
    const followed = await follow();
    expect(followed.status).toBe(200);
    expect((await follow()).status).toBe(429);
    await followed.body?.cancel();
    const again = await follow();
    expect(again.status).toBe(200);
    await again.body?.cancel();
    own.stop.abort();
  });

  it('tells wrong methods and paths as Adam does', async () => {
    const wrong = await kit.ask('PATCH', '/admin/device');
    expect([wrong.status, wrong.headers.get('allow'), await wrong.text()]).toEqual([405, 'GET, POST, DELETE', '']);
    const none = await kit.ask('GET', '/admin/nothing');
    expect([none.status, await none.text()]).toEqual([404, 'Not Found\n']);
  });
});

describe('devices', () => {
  it('are added, listed, told and deleted', async () => {
    expect(await (await kit.ask('GET', '/admin/device')).text()).toBe('');
    const uuid = await kit.add(first, { Serial: 'S-1', Onboard: pem(onboard) });
    const other = await kit.add(second);
    const list = await kit.ask('GET', '/admin/device');
    expect([list.status, list.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect((await list.text()).split('\n').sort()).toEqual([uuid, other].sort());
    const told = await kit.ask('GET', `/admin/device/${uuid.toUpperCase()}`);
    expect(told.headers.get('content-type')).toBe('application/json');
    expect(await told.json()).toEqual({ Cert: pem(first), Onboard: pem(onboard), Serial: 'S-1' });
    expect(await (await kit.ask('GET', `/admin/device/${other}`)).json()).toEqual({
      Cert: pem(second),
      Onboard: null,
      Serial: '',
    });
    expect((await kit.get(device('s-1'))).spec).toMatchObject({ serial: 'S-1' });
    expect(await kit.status(kit.ask('DELETE', `/admin/device/${uuid}`))).toBe(200);
    expect(await kit.status(kit.ask('DELETE', `/admin/device/${uuid}`))).toBe(404);
    expect(await kit.status(kit.ask('DELETE', '/admin/device'))).toBe(200);
    expect(await (await kit.ask('GET', '/admin/device')).text()).toBe('');
  });

  it('may be written as evetest writes them, in lower case', async () => {
    expect(await kit.status(kit.ask('POST', '/admin/device', { cert: pem(first), serial: 'x' }))).toBe(201);
    expect(await kit.status(kit.ask('POST', '/admin/device', { cert: pem(first), serial: 'x' }))).toBe(409);
    expect(await kit.status(kit.ask('POST', '/admin/device', { cert: pem(second), serial: 'x' }))).toBe(201);
  });

  it('of the same name and another certificate stay two', async () => {
    const uuids = new Set([await kit.add(first, { Serial: 'S' }), await kit.add(second, { Serial: 'S' })]);
    expect(uuids.size).toBe(2);
  });

  it.each([
    ['no body', undefined, {}],
    ['another type', { Cert: pem(first) }, { 'content-type': 'text/plain' }],
    ['a charset', { Cert: pem(first) }, { 'content-type': 'application/json; charset=utf-8' }],
    ['no certificate', {}, {}],
    ['null', { Cert: null }, {}],
    ['something else', { Cert: 'aGVsbG8=' }, {}],
    ['a number', { Cert: 7 }, {}],
    ['a list', [], {}],
    ['half an object', '{"Cert":', {}],
    ['a prototype', `{"__proto__":{"Cert":"${pem(first)}"}}`, {}],
  ])('are not made of %s', async (_, body, headers) => {
    const answer = await kit.ask('POST', '/admin/device', body, headers);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toMatch(/^[^\n]+\n$/);
  });

  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['GET', '/config'],
    ['PUT', '/config'],
    ['GET', '/certs'],
    ['GET', '/options'],
    ['PUT', '/options'],
    ['GET', '/logs'],
    ['GET', '/requests'],
    ['GET', '/app/a/logs'],
  ])('%s %s of nobody is 404, and of what is no UUID 400', async (method, path) => {
    for (const stream of ['', 'true']) {
      const headers: Record<string, string> = stream === '' ? {} : { 'x-stream': stream };
      expect(await kit.status(kit.ask(method, `/admin/device/${stranger}${path}`, undefined, headers))).toBe(404);
      expect(await kit.status(kit.ask(method, `/admin/device/x${path}`, undefined, headers))).toBe(400);
    }
  });

  it('of other namespaces are none', async () => {
    const elsewhere = await startAdam({ namespace: 'kube-system' });
    const uuid = await elsewhere.add(first);
    expect((await elsewhere.registry.list(elsewhere.typeOf(device('x')), { namespace: 'default' })).items).toEqual([]);
    expect(await elsewhere.status(elsewhere.ask('GET', `/admin/device/${uuid}`))).toBe(200);
    elsewhere.stop.abort();
    await kit.create({ ...device('far'), metadata: { name: 'far', namespace: 'kube-system' }, spec: { serial: 'F' } });
    const far = await kit.get({ ...device('far'), metadata: { name: 'far', namespace: 'kube-system' } });
    expect(await kit.status(kit.ask('GET', `/admin/device/${far.metadata.uid}`))).toBe(404);
  });

  it('that only were declared are not listed before they register', async () => {
    await kit.create({ ...device('planned'), spec: { serial: 'P' } });
    const planned = await kit.get(device('planned'));
    expect(await (await kit.ask('GET', '/admin/device')).text()).toBe('');
    expect(await kit.status(kit.ask('GET', `/admin/device/${planned.metadata.uid}`))).toBe(404);
  });
});

describe('onboarding certificates', () => {
  const at = (name: string) => `/admin/onboard/${encodeURIComponent(name)}`;

  it('are added, told by their common name, and deleted', async () => {
    const add = (Serial: string) => kit.ask('POST', '/admin/onboard', { Cert: pem(onboard), Serial });
    expect(await kit.status(add('S1,S2'))).toBe(201);
    expect(await (await kit.ask('GET', '/admin/onboard')).text()).toBe('Shelf 7/B');
    const told = async (name: string) => (await kit.ask('GET', at(name))).json();
    expect(await told('Shelf 7/B')).toEqual({ Cert: pem(onboard), Serial: 'S1,S2' });
    expect(await told('Shelf_7_B')).toEqual({ Cert: pem(onboard), Serial: 'S1,S2' });
    expect(await kit.status(add('S3'))).toBe(201);
    expect(await told('Shelf 7/B')).toEqual({ Cert: pem(onboard), Serial: 'S3' });
    expect(await kit.status(add('S3,*'))).toBe(201);
    expect(await told('Shelf 7/B')).toEqual({ Cert: pem(onboard), Serial: '*' });
    expect(await kit.status(kit.ask('DELETE', at('Shelf 7/B')))).toBe(200);
    expect(await kit.status(kit.ask('DELETE', at('Shelf 7/B')))).toBe(404);
    expect(await kit.status(kit.ask('GET', at('Shelf 7/B')))).toBe(404);
  });

  it('are cleared', async () => {
    const Serial = '*';
    for (const pair of [onboard, first, second])
      expect(await kit.status(kit.ask('POST', '/admin/onboard', { Cert: pem(pair), Serial }))).toBe(201);
    expect(await (await kit.ask('GET', '/admin/onboard')).text()).toBe('EVE\nShelf 7/B');
    expect(await kit.status(kit.ask('DELETE', '/admin/onboard'))).toBe(200);
    expect(await (await kit.ask('GET', '/admin/onboard')).text()).toBe('');
  });

  it.each(['', ',', ',,'])('need serial numbers, which %j does not name', async Serial => {
    expect(await kit.status(kit.ask('POST', '/admin/onboard', { Cert: pem(onboard), Serial }))).toBe(400);
    expect(await (await kit.ask('GET', '/admin/onboard')).text()).toBe('');
  });
});
