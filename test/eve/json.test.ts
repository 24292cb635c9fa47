import { describe, expect, test } from 'vitest';
import { Fault } from '../../shared/base/fault.ts';
import { fromJson, toJson } from '../../shared/eve/json.ts';
import { fromMs, fromRfc3339, toMs, toRfc3339 } from '../../shared/eve/timestamp.ts';

const causesOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error.causes.map(({ field, message }) => `${field}: ${message}`);
  }
  return [];
};

describe('both ways', () => {
  test('a message with everything', () => {
    const message = {
      id: { uuid: 'u', version: '3' },
      deviceIoList: [{ ptype: 1, phylabel: 'eth0', phyaddrs: { b: '2', a: '1' } }],
      config_timestamp: { seconds: 1_700_000_000, nanos: 5_000_000 },
      controller_epoch: 2 ** 40,
      maintenance_mode: true,
      reboot: { counter: 0 },
      cipherContexts: [{ deviceCertHash: Uint8Array.from([255, 239]) }],
      volumes: [],
    };
    const json = toJson('config.EdgeDevConfig', message);
    expect(json).toEqual({
      id: { uuid: 'u', version: '3' },
      deviceIoList: [{ ptype: 'PhyIoNetEth', phylabel: 'eth0', phyaddrs: { a: '1', b: '2' } }],
      configTimestamp: '2023-11-14T22:13:20.005Z',
      controllerEpoch: '1099511627776',
      maintenanceMode: true,
      reboot: { counter: 0 },
      cipherContexts: [{ deviceCertHash: '/+8=' }],
    });
    const { volumes: _, ...rest } = message;
    expect(fromJson('config.EdgeDevConfig', json)).toEqual(rest);
  });

  test('what the mapping allows on input', () => {
    const json = {
      config_timestamp: '2023-11-14T23:13:20.005+01:00',
      controllerEpoch: 7,
      deviceIoList: [{ ptype: 99 }, { ptype: 'PhyIoUSB', usage: null }],
      cipherContexts: [{ deviceCertHash: '_-8' }],
    };
    expect(fromJson('config.EdgeDevConfig', json)).toEqual({
      config_timestamp: { seconds: 1_700_000_000, nanos: 5_000_000 },
      controller_epoch: 7,
      deviceIoList: [{ ptype: 99 }, { ptype: 2 }],
      cipherContexts: [{ deviceCertHash: Uint8Array.from([255, 239]) }],
    });
  });

  test('unknown enumeration numbers stay numbers', () => {
    expect(toJson('info.ZInfoMsg', { ztype: 77 })).toEqual({ ztype: 77 });
  });

  test('64-bit integers are strings, also beyond 2^53', () => {
    expect(toJson('config.EdgeDevConfig', { controller_epoch: 2n ** 60n })).toEqual({
      controllerEpoch: String(2n ** 60n),
    });
    expect(fromJson('config.EdgeDevConfig', { controllerEpoch: 2n ** 60n })).toEqual({ controller_epoch: 2n ** 60n });
  });
});

test('every wrong field is named with its path', () => {
  const json = {
    id: 'x',
    nosuch: 1,
    apps: [{ displayname: 5, fixedresources: { memory: -1 } }],
    networks: {},
    maintenanceMode: 'yes',
    configTimestamp: 'yesterday',
    deviceIoList: [{ ptype: 'PhyIoNothing', phyaddrs: { k: 1 } }],
    config_timestamp: '2023-11-14T22:13:20Z',
  };
  expect(causesOf(() => fromJson('config.EdgeDevConfig', json, ['spec', 'config']))).toEqual([
    'spec.config.id: Invalid value: "x": must be an object',
    'spec.config.nosuch: unknown field',
    'spec.config.apps[0].displayname: Invalid value: 5: must be a string',
    'spec.config.apps[0].fixedresources.memory: Invalid value: -1: must be a uint32',
    'spec.config.networks: Invalid value: {}: must be a list',
    'spec.config.maintenanceMode: Invalid value: "yes": must be a bool',
    'spec.config.configTimestamp: Invalid value: "yesterday": must be an RFC 3339 time',
    expect.stringMatching(/^spec\.config\.deviceIoList\[0\]\.ptype: Unsupported value: "PhyIoNothing"/),
    'spec.config.deviceIoList[0].phyaddrs[k]: Invalid value: 1: must be a string',
  ]);
});

test('two members of a oneof', () => {
  expect(causesOf(() => fromJson('info.ZInfoMsg', { dinfo: {}, ainfo: {} }))).toEqual([
    'ainfo: Forbidden: may not be set together with dinfo',
  ]);
});

describe('times', () => {
  test.each([
    [{}, '1970-01-01T00:00:00Z'],
    [{ seconds: 1, nanos: 1 }, '1970-01-01T00:00:01.000000001Z'],
    [{ seconds: 1, nanos: 120_000_000 }, '1970-01-01T00:00:01.120Z'],
    [{ seconds: 1, nanos: 100_000 }, '1970-01-01T00:00:01.000100Z'],
    [{ seconds: -1 }, '1969-12-31T23:59:59Z'],
  ])('%o', (time, text) => {
    expect(toRfc3339(time)).toBe(text);
    expect(fromRfc3339(text)).toEqual(time);
  });
  test('those of broken clocks can still be printed', () => {
    expect(toRfc3339({ seconds: 2n ** 62n })).toBe('9999-12-31T23:59:59Z');
    expect(toRfc3339({ seconds: -(2n ** 62n), nanos: -5 })).toBe('0001-01-01T00:00:00Z');
  });
  test('milliseconds', () => {
    expect(toMs(fromMs(1_234_567))).toBe(1_234_567);
    expect(toMs(undefined)).toBe(0);
    expect(toMs(fromMs(-1))).toBe(-1);
  });
});
