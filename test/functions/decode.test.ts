import { describe, expect, it } from 'vitest';
import { decodeTelemetry } from '../../functions/decode.ts';
import { encode } from '../../shared/base/protobuf.ts';
import type { EveMessages } from '../../shared/eve/generated/table.ts';
import { eve } from '../../shared/eve/generated/table.ts';
import { writeNewlogs } from '../../shared/eve/newlogs.ts';

describe('what devices sent, for people', () => {
  it('takes log files apart', async () => {
    const entries = [
      { severity: 'info', source: 'zedagent', content: 'one', msgid: 7, tags: { k: 'v' } },
      { severity: 'error', source: 'kernel', content: 'two', timestamp: '2026-01-01T00:00:00.000000005Z' },
    ];
    const file = await writeNewlogs({ image: 'IMGA', eveVersion: '14.5', entries });
    expect(await decodeTelemetry('log', file)).toMatchObject(
      entries.map(entry => ({ ...entry, image: 'IMGA', eveVersion: '14.5' })),
    );
    expect(await decodeTelemetry('applog', await writeNewlogs({ app: 'web', entries }))).toMatchObject(entries);
  });

  it.each<[string, keyof EveMessages, object]>([
    ['info', 'info.ZInfoMsg', { devId: 'd', ztype: 3, ainfo: { AppID: 'a' } }],
    ['metrics', 'metrics.ZMetricMsg', { devID: 'd' }],
    ['flowlog', 'flowlog.FlowMessage', { devId: 'd' }],
    ['hardwarehealth', 'hardwarehealth.ZHardwareHealth', { dev_id: 'd' }],
  ])('prints %s as proto-JSON', async (kind, name, message) => {
    const [entry] = await decodeTelemetry(kind, encode(eve, name, message as never));
    expect(JSON.stringify(entry)).toMatch(/^\{"dev(Id|ID)":"d"|"ztype":"ZiApp"/);
  });

  it.each([
    ['log', 'Invalid'],
    ['info', 'BadRequest'],
  ])('says so when %s is something else', async (kind, reason) => {
    await expect(decodeTelemetry(kind, Uint8Array.of(255, 255, 255))).rejects.toMatchObject({ name: 'Fault', reason });
  });
});

it.each([
  [
    '{"nested_app_id":"a1","container_name":"web","msg":"hello"}',
    { nestedApp: 'a1', container: 'web', content: 'hello' },
  ],
  ['{"nestedAppId":"a1","msg":""}', { nestedApp: 'a1', content: '' }],
  ['{"nested_app_id":7,"msg":"x"}', { content: '{"nested_app_id":7,"msg":"x"}' }],
  ['{"nested_app_id":"a1"', { content: '{"nested_app_id":"a1"' }],
])('a line of a container within an application is its own: %s', async (content, expected) => {
  const body = await writeNewlogs({ app: 'shop', entries: [{ content }] });
  expect(await decodeTelemetry('applog', body)).toEqual([expected]);
  expect(await decodeTelemetry('log', body)).toEqual([{ content }]);
});

it('the kubeconfig of an application is not for who reads reports', async () => {
  const amdinfo = (type: number) => ({ uuid: 'u', type, data: Buffer.from('top secret') });
  const read = async (type: number) =>
    JSON.stringify(await decodeTelemetry('info', encode(eve, 'info.ZInfoMsg', { ztype: 10, amdinfo: amdinfo(type) })));
  const text = Buffer.from('top secret').toString('base64');
  expect(await read(1)).not.toContain(text);
  expect(await read(2)).toContain(text);
});
