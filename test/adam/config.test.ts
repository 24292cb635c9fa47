import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decode, encode } from '../../shared/base/protobuf.ts';
import type { EdgeDevConfig } from '../../shared/eve/generated/config.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { type Adam, makePair, startAdam } from './kit.ts';

const pair = makePair('EVE');
const proto = { 'content-type': 'application/x-proto-binary' };
const asProto = { accept: 'application/x-proto-binary' };

let kit: Adam;
let uuid: string;
let path: string;
beforeEach(async () => {
  kit = await startAdam();
  uuid = await kit.add(pair, { Serial: 'box' });
  path = `/admin/device/${uuid}/config`;
});
afterEach(() => kit.stop.abort());

const bytes = (config: EdgeDevConfig) => encode(eve, 'config.EdgeDevConfig', config);
const put = (body: unknown, headers: Record<string, string> = {}) => kit.ask('PUT', path, body, headers);
const read = async (): Promise<EdgeDevConfig> => {
  const answer = await kit.ask('GET', path, undefined, asProto);
  expect(answer.headers.get('content-type')).toBe('application/x-proto-binary');
  return decode(eve, 'config.EdgeDevConfig', new Uint8Array(await answer.arrayBuffer()));
};

const full = (): EdgeDevConfig => ({
  id: { uuid, version: '7' },
  maintenance_mode: true,
  networks: [{ id: '6605d17b-3273-4108-8e6e-4965441ebe01', type: 4, ip: { dhcp: 4 } }],
  systemAdapterList: [{ name: 'eth0', uplink: true, networkUUID: '6605d17b-3273-4108-8e6e-4965441ebe01' }],
  configItems: [{ key: 'timer.config.interval', value: '10' }],
  config_timestamp: { seconds: 1_700_000_000 },
});

describe('a configuration', () => {
  it('is 404 before there is one', async () => {
    expect(await kit.status(kit.ask('GET', path))).toBe(404);
  });

  it('goes in as protobuf and comes out as it was, and stands in the DeviceConfig', async () => {
    expect(await kit.status(put(bytes(full()), proto))).toBe(200);
    expect(await read()).toEqual(full());
    const [object] = await kit.registry.findByTerm(kit.catalog.get('eve.lfedge.org', 'devices'), `uuid=${uuid}`);
    const config = await kit.registry.get(kit.catalog.get('eve.lfedge.org', 'deviceconfigs'), {
      namespace: 'default',
      name: object?.metadata.name ?? '',
    });
    expect(config.spec).toMatchObject({ management: 'Manual', config: { maintenanceMode: true } });
    expect(config.metadata.ownerReferences).toMatchObject([{ kind: 'Device', uid: object?.metadata.uid }]);
  });

  it('survives get, edit and put as JSON, which in Adam it does not', async () => {
    expect(await kit.status(put(bytes(full()), proto))).toBe(200);
    const answer = await kit.ask('GET', path);
    expect(answer.headers.get('content-type')).toBe('application/json');
    const json = (await answer.json()) as { configItems: [{ value: string }] };
    expect(json).toMatchObject({ maintenanceMode: true, networks: [{ type: 'V4', ip: { dhcp: 'Client' } }] });
    json.configItems[0].value = '20';
    expect(await kit.status(put(json))).toBe(200);
    expect(await read()).toEqual({ ...full(), configItems: [{ key: 'timer.config.interval', value: '20' }] });
  });

  it('may be JSON as Go prints its structs', async () => {
    const go = {
      id: { UUID: uuid, version: '7' },
      maintenance_mode: true,
      networks: [{ ID: '6605d17b-3273-4108-8e6e-4965441ebe01', type: 4, ip: { dhcp: 4 } }],
      systemadapterlist: [{ name: 'eth0', uplink: true, networkUUID: '6605d17b-3273-4108-8e6e-4965441ebe01' }],
      configItems: [{ key: 'timer.config.interval', value: '10' }],
      config_timestamp: { seconds: 1_700_000_000 },
      apps: null,
    };
    expect(await kit.status(put(go, { 'content-type': 'text/plain' }))).toBe(200);
    expect(await read()).toEqual(full());
  });

  it('gets an id and the next version when it names none', async () => {
    const version = async () => (await read()).id;
    expect(await kit.status(put({ maintenanceMode: true }))).toBe(200);
    expect(await version()).toEqual({ uuid, version: '1' });
    expect(await kit.status(put({ id: { uuid } }))).toBe(200);
    expect(await version()).toEqual({ uuid, version: '2' });
    expect(await kit.status(put({ id: { version: 'seven' } }))).toBe(200);
    expect(await version()).toEqual({ uuid, version: 'seven' });
    expect(await kit.status(put({}))).toBe(200);
    expect(await version()).toEqual({ uuid, version: '1' });
  });

  it.each([
    ['of another device', () => ({ id: { uuid: '00000000-0000-4000-8000-000000000000' } }), {}, /mismatched UUID/],
    ['with a field that there is not', () => ({ nothing: 1 }), {}, /nothing unknown field/],
    ['with an enumeration that there is not', () => ({ networks: [{ type: 'V5' }] }), {}, /networks\[0\]\.type/],
    ['with a wrong type', () => ({ apps: {} }), {}, /apps/],
    ['that is a list', () => [], {}, /object/],
    ['that is no JSON', () => '{', {}, /JSON/],
    ['with hidden secrets', () => ({ datastores: [{ password: '(hidden)' }] }), {}, /hidden/],
    ['that is no message', () => Uint8Array.of(0xff, 0xff), proto, /./],
    ['with a newer field', () => Uint8Array.of(...bytes({}), 0xfa, 0x7f, 1, 65), proto, /field 2047/],
    ['with a newer field within', () => Uint8Array.of(0x0a, 4, 0xfa, 0x7f, 1, 65), proto, /\w\.2047/],
  ])('%s is refused, and the former one stays', async (_, body, headers, text) => {
    expect(await kit.status(put(bytes(full()), proto))).toBe(200);
    const answer = await put(body(), headers);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringMatching(text)]);
    expect(await read()).toEqual(full());
  });

  it('of any bytes is 200 or 400', async () => {
    const types = fc.constantFrom('application/x-proto-binary', 'application/json', '');
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map(text => Buffer.from(text)),
      fc
        .record({ at: fc.nat(500), byte: fc.integer({ min: 1, max: 255 }) })
        .map(({ at, byte }) => Uint8Array.from(bytes(full()), (old, i) => (i === at ? old ^ byte : old))),
    );
    await fc.assert(
      fc.asyncProperty(types, bodies, async (type, body) => {
        const answer = await put(new Uint8Array(body), { 'content-type': type });
        expect([200, 400]).toContain(answer.status);
      }),
      { numRuns: 150 },
    );
    expect(kit.complaints).toEqual([]);
  });
});
