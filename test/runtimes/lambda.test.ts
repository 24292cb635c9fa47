import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { systemPorts } from '../../functions/node/ports.ts';
import { createAwsTable } from '../../shared/store/drivers/dynamo/awstable.ts';
import { openDynamoStore } from '../../shared/store/drivers/dynamo/dynamo.ts';
import { connect } from '../support/client.ts';
import { openDynoxideServers } from '../support/cloudservers.ts';
import { findDynoxide } from '../support/dynoxide.ts';
import { openLambdaStack } from '../support/lambdastack.ts';
import { until } from '../support/until.ts';
import { rotation } from './rotation.ts';
import { scenario } from './scenario.ts';
import { makeTenants, tenants } from './tenants.ts';

const dynoxide = findDynoxide();

describe.skipIf(dynoxide === undefined)('the functions over a table and its stream (needs dynoxide: Linux x64)', () => {
  it('go all the way', async () => {
    const servers = await openDynoxideServers(dynoxide ?? '');
    const site = await openLambdaStack({ servers, gateway: 'REST API' });
    const client = connect(site.url, site.data);
    try {
      await scenario(site);
      expect(site.deadLetters).toEqual([]);
      expect((await client.ask('GET', '/admin/device')).status).toBe(404);
    } finally {
      client.close();
      await site.close();
    }
  });

  it("record requests and serve Adam's API when they are told to", async () => {
    const dir = mkdtempSync(join(tmpdir(), 'kubeve-policy-'));
    const policy = join(dir, 'policy.yaml');
    writeFileSync(
      policy,
      'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{ level: Request }]\n',
    );
    const printed: string[] = [];
    const spy = vi.spyOn(process.stdout, 'write').mockImplementation(text => {
      printed.push(String(text));
      return true;
    });
    const servers = await openDynoxideServers(dynoxide ?? '');
    const environment = { KUBEVE_AUDIT_POLICY: policy, KUBEVE_ADAM_API: 'true', KUBEVE_ADAM_NAMESPACE: 'adam' };
    const site = await openLambdaStack({ servers, gateway: 'REST API', environment });
    const admin = connect(site.url, site.data);
    const nobody = connect(site.url, site.data, 'nobody');
    try {
      const made = await admin.ask('POST', '/api/v1/namespaces', { metadata: { name: 'adam' } });
      expect(made.status).toBe(201);
      const records = printed.filter(line => line.includes('"kind":"Event"')).map(line => JSON.parse(line));
      const [record] = records.filter(({ auditID }) => auditID === made.headers['audit-id']);
      expect(record).toMatchObject({
        apiVersion: 'audit.k8s.io/v1',
        stage: 'ResponseComplete',
        verb: 'create',
        user: { username: 'kubeve-admin' },
        requestObject: { metadata: { name: 'adam' } },
      });
      expect((await admin.ask('GET', '/admin/device')).status).toBe(200);
      expect((await nobody.ask('GET', '/admin/device')).status).toBe(401);
    } finally {
      spy.mockRestore();
      admin.close();
      nobody.close();
      await site.close();
      rmSync(dir, { recursive: true });
    }
  });

  it('keep tenants apart, by path and by host name, and one that cannot be opened from all others', async () => {
    const given = await makeTenants();
    const servers = await openDynoxideServers(dynoxide ?? '', { secrets: given.secrets });
    const lost = { name: 'initech', identity: 'kubeve/gone' };
    const environment = { KUBEVE_TENANTS: JSON.stringify([lost, ...given.declared]) };
    const parts = { servers, environment, guests: given.guests, sweepMayFail: true };
    const site = await openLambdaStack({ ...parts, gateway: 'REST API' });
    const table = createAwsTable({ ...servers.dynamo, table: servers.table });
    try {
      const store = openDynamoStore({ table, tenant: lost.name, ...systemPorts('error') });
      await store.commit('objects/core/secrets', { key: 'default/a', value: new Uint8Array(), expected: 0 });
      await tenants(site, given);
      await until(() => expect(site.deadLetters.length).toBeGreaterThan(0));
      for (const { dynamodb } of site.deadLetters) expect(dynamodb?.Keys?.['PK']?.S).toMatch(/^initech\|/);
    } finally {
      table.close();
      await site.close();
    }
  });

  it('take rotated certificates over from the secret, without losing a device', async () => {
    const servers = await openDynoxideServers(dynoxide ?? '');
    const site = await openLambdaStack({ servers, gateway: 'REST API', environment: { KUBEVE_IDENTITY_SECONDS: '1' } });
    try {
      await rotation(site, servers.secrets());
      expect(site.deadLetters).toEqual([]);
    } finally {
      await site.close();
    }
  });
});
