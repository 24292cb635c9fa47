import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connect, eve } from '../support/client.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

describe('/metrics', () => {
  let server: TestServer;
  let admin: Client;
  beforeAll(async () => {
    server = await startServer();
    admin = connect(server.url, server.data);
  });
  afterAll(async () => {
    admin.close();
    await server.close();
  });

  const read = async (): Promise<{ type: string; lines: string[]; value(start: string): number | undefined }> => {
    const { status, text, headers } = await admin.ask('GET', '/metrics');
    expect(status).toBe(200);
    const lines = text.split('\n');
    return {
      type: String(headers['content-type']),
      lines,
      value: start => {
        const found = lines.find(line => line.startsWith(start));
        return found === undefined ? undefined : Number(found.slice(found.lastIndexOf(' ') + 1));
      },
    };
  };

  it('is text of Prometheus, every line of it', async () => {
    const { type, lines } = await read();
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8');
    const sample = /^[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? (\+Inf|-?[0-9.]+(e-?[0-9]+)?)$/;
    const comment = /^# (HELP [a-z_]+ .+|TYPE [a-z_]+ (counter|gauge|histogram))$/;
    expect(lines.filter(line => line !== '' && !sample.test(line) && !comment.test(line))).toEqual([]);
  });

  it('counts requests by what they are for, never by object or user', async () => {
    const total = (verb: string, scope: string, code: number, rest = '') =>
      `apiserver_request_total{verb="${verb}",group="",version="v1",resource="configmaps",subresource="",scope="${scope}",component="apiserver",dry_run="${rest}",code="${code}"}`;
    const before = (await read()).value(total('LIST', 'namespace', 200)) ?? 0;
    await admin.ask('GET', '/api/v1/namespaces/default/configmaps');
    await admin.ask('GET', '/api/v1/namespaces/default/configmaps/no-such-one');
    await admin.ask('POST', '/api/v1/namespaces/default/configmaps?dryRun=All', { metadata: { name: 'tried' } });
    await admin.ask('GET', '/apis/example.com/v1/things/of-nobody');
    await admin.ask('SUBSCRIBE', '/api/v1/namespaces/default/configmaps/x');
    const after = await read();
    expect(after.value(total('LIST', 'namespace', 200))).toBe(before + 1);
    expect(after.value(total('GET', 'resource', 404))).toBe(1);
    expect(after.value(total('POST', 'resource', 201, 'All'))).toBe(1);
    expect(after.value(total('other', 'resource', 405))).toBe(1);
    const place = total('GET', 'resource', 404).slice('apiserver_request_total'.length).replace(',code="404"}', '}');
    expect(after.value(`apiserver_request_duration_seconds_count${place}`)).toBe(1);
    expect(after.lines.filter(line => /no-such-one|tried|of-nobody|example\.com|system:/.test(line))).toEqual([]);
  });

  it('counts what runs, what waits, and watches while they are open', async () => {
    const open =
      'apiserver_longrunning_requests{verb="WATCH",group="eve.lfedge.org",version="v1beta1",resource="devices",subresource="",scope="namespace",component="apiserver"}';
    const watcher = connect(server.url, server.data);
    const watch = watcher.follow(`${eve('devices')}?watch=true`, () => undefined);
    await until(async () => expect((await read()).value(open)).toBe(1));
    const during = await read();
    // The one that reads them.
    expect(during.value('apiserver_current_inflight_requests{request_kind="readOnly"}')).toBe(1);
    expect(during.value('apiserver_current_inflight_requests{request_kind="mutating"}')).toBe(0);
    expect(during.value('apiserver_flowcontrol_current_inqueue_requests')).toBe(0);
    expect(during.value('apiserver_flowcontrol_rejected_requests_total')).toBe(0);
    watcher.close();
    await watch.catch(() => undefined);
    await until(async () => expect((await read()).value(open)).toBe(0));
  });

  it('counts the store, devices, their requests and what is composed for them', async () => {
    const composed = async () => {
      const { value } = await read();
      return (
        (value('kubeve_compositions_total{changed="true"}') ?? 0) >= 1 && value('kubeve_devices{ready="false"}') === 1
      );
    };
    await admin.ask('POST', eve('devices'), { metadata: { name: 'a' }, spec: {} });
    await until(async () => expect(await composed()).toBe(true));
    await admin.ask('GET', '/api/v2/edgedevice/ping');
    await until(async () => expect((await read()).value('kubeve_controller_waiting_keys{name="liveness"}')).toBe(0));
    const { value } = await read();
    expect(value('kubeve_device_requests_total{endpoint="ping",code="200"}')).toBe(1);
    expect(value('kubeve_store_request_duration_seconds_count{operation="commit"}')).toBeGreaterThan(1);
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e7);
  });

  it('is for who may get that path', async () => {
    const nobody = connect(server.url, server.data, 'nobody');
    expect((await nobody.ask('GET', '/metrics')).status).toBe(401);
    nobody.close();
    const as = (group: string) =>
      admin.ask('GET', '/metrics', undefined, { 'impersonate-user': 'ann', 'impersonate-group': group });
    expect((await as('dev')).json.message).toBe('forbidden: User "ann" cannot get path "/metrics"');
    expect((await as('system:monitoring')).status).toBe(200);
  });
});
