import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { coverage } from '../../infra/coverage.ts';
import { findSources } from '../../infra/told/sources.ts';

test('every field of EVE’s configuration has a source or a true reason, and the page says which', async () => {
  const { text, faults } = await coverage();
  expect(faults).toEqual([]);
  expect(text).toBe(readFileSync(new URL('../../docs/eve-coverage.md', import.meta.url), 'utf8'));
});

test('a source is what makes a difference', async () => {
  const device = (spec: string) => `
apiVersion: eve.lfedge.org/v1beta1
kind: Device
metadata: { name: box }
spec: ${spec}
`;
  const sources = await findSources([
    device('{ maintenanceMode: true, location: here }'),
    device('{ reboot: { counter: 3 } }'),
  ]);
  expect(sources.get('maintenance_mode')).toEqual(['Device spec.maintenanceMode']);
  expect(sources.get('reboot.counter')).toEqual(['Device spec.reboot.counter']);
  // Set by the controller, whatever the Device says.
  expect(sources.get('id.uuid')).toEqual([]);
  expect(sources.get('profile_server_token')).toBeUndefined();
});
