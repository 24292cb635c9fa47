import { describe, expect, it } from 'vitest';
import { read, startKube } from '../../support/kube.ts';

const base = '/apis/example.com/v1/namespaces/default/widgets';
const type = 'application/apply-patch+yaml';
const config = (spec: object, more: object = {}) => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a' },
  spec,
  ...more,
});
const at = '2026-01-02T03:04:05Z';

describe('apply', () => {
  it('creates', async () => {
    const kube = await startKube();
    const { code, body } = await read(kube.send('PATCH', `${base}/a?fieldManager=me`, config({ color: 'red' }), type));
    expect([code, body]).toMatchObject([201, { spec: { color: 'red', size: 1 }, status: { phase: 'New' } }]);
    expect(body.metadata.managedFields).toEqual([
      {
        manager: 'me',
        operation: 'Apply',
        apiVersion: 'example.com/v1',
        time: at,
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:spec': { 'f:color': {} } },
      },
    ]);
  });
});
