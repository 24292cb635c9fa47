import { describe, expect, it, vi } from 'vitest';
import { openBehind } from '../../functions/behind.ts';
import { openBucket } from '../../functions/bucket.ts';
import { openCloud } from '../../functions/cloud.ts';
import { openBundle } from '../../functions/identity/bundle.ts';
import { openIdentity } from '../../functions/identity/identity.ts';
import { openTokenKeys } from '../../functions/identity/tokenkeys.ts';
import { systemPorts } from '../../functions/node/ports.ts';
import { openDynoxideServers } from '../support/cloudservers.ts';
import { openDynamoStream } from '../support/dynamostream.ts';
import { findDynoxide } from '../support/dynoxide.ts';
import { bucketName } from '../support/s3/server.ts';
import { wakesCompose } from '../support/streamfilter.ts';

const dynoxide = findDynoxide();
const ports = systemPorts('error');
const { signal } = new AbortController();

describe.skipIf(dynoxide === undefined)('what is written to the table (needs dynoxide: Linux x64)', () => {
  it('wakes who follows its stream, but not when a sweep found nothing to do', async () => {
    const { dynamo, s3, table, close } = await openDynoxideServers(dynoxide ?? '');
    const { region, endpoint: tableEndpoint } = dynamo;
    const { endpoint: bucketEndpoint, credentials } = s3;
    const settings = { table, bucket: bucketName, tenant: 'main', region, tableEndpoint, bucketEndpoint, credentials };
    const cloud = openCloud(settings, ports, { flushMs: 0, openBucket });
    const bundle = openBundle();
    const identity = openIdentity(bundle, ['localhost'], ports);
    const outbound = { get: vi.fn(), post: vi.fn() };
    const behind = openBehind({ ...cloud, ports, identity, keys: openTokenKeys(bundle), outbound, name: 'sweep' });
    try {
      const records = await openDynamoStream(dynamo.endpoint, table);
      await behind.tick(signal);
      expect((await records()).filter(wakesCompose)).not.toEqual([]);
      await behind.tick(signal);
      await records();
      await cloud.telemetry.append('metrics', [{ device: 'd', at: Date.now(), body: new Uint8Array([1]) }]);
      await behind.tick(signal);
      const written = await records();
      // Who led, and how far metrics were taken up.
      const logs = written.map(({ dynamodb }) => dynamodb?.Keys?.['PK']?.S).filter(name => name?.startsWith('main|L#'));
      expect(logs).toContainEqual(expect.stringMatching(/^main\|L#reports#/));
      expect(logs).toContainEqual(expect.stringMatching(/^main\|L#objects\/coordination\.k8s\.io\/leases#/));
      expect(written.filter(wakesCompose)).toEqual([]);
      await cloud.telemetry.append('info', [{ device: 'd', at: Date.now(), body: new Uint8Array([1]) }]);
      expect((await records()).filter(wakesCompose)).toHaveLength(1);
    } finally {
      await cloud.close();
      await close();
    }
  });
});
