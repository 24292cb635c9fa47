import { expect, it } from 'vitest';
import type { ApiObject } from '../../../shared/base/object.ts';
import { joinConfigs } from '../../../shared/resources/eve/heartbeats.ts';
import { createMemoryStore } from '../../../shared/store/drivers/memory.ts';
import { createClock } from '../../conformance/clock.ts';

const uuid = '11111111-1111-4111-8111-111111111111';
const config = (name: string, status?: ApiObject['status']): ApiObject => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind: 'DeviceConfig',
  metadata: { name },
  ...(status && { status }),
});

it('asks for no mark of a DeviceConfig that shows no configuration yet', async () => {
  const { marks } = createMemoryStore({ clock: createClock() });
  const text = JSON.stringify({ hash: 'h', at: Date.parse('2026-01-02T03:04:05Z') });
  await marks.set('fetched', uuid, new TextEncoder().encode(text));
  const asked: string[] = [];
  const getMany: typeof marks.getMany = (space, keys) => {
    asked.push(...keys);
    return marks.getMany(space, keys);
  };
  const shown = { config: { id: { uuid } } };
  const joined = await joinConfigs([config('new'), config('old', shown), config('odd', {})], { ...marks, getMany });
  expect(asked).toEqual([uuid]);
  expect(joined.map(({ status }) => status?.['fetchedHash'])).toEqual([undefined, 'h', undefined]);
});
