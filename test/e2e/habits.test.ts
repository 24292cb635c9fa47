import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { until } from '../support/until.ts';

const programs = findPrograms();
const firstAndLast = [...new Set([programs.at(0), programs.at(-1)])].flatMap(one => (one ? [one] : []));

const labels = { set: 'a' };
const device = (name: string, location = 'hall') => ({
  apiVersion: 'eve.lfedge.org/v1beta1',
  kind: 'Device',
  metadata: { name, labels },
  spec: { serial: name.toUpperCase(), location },
});
const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', labels }, data: { a: '1' } };
const toFile = (objects: readonly object[]): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });

/** What people are used to typing: that it does what it does elsewhere, and that what cannot be had is refused in words. */
describe.each(firstAndLast)('habits with kubectl $version', ({ path }) => {
  let server: TestServer;
  let kubectl: Kubectl;
  beforeAll(async () => {
    server = await startServer();
    kubectl = openKubectl(path, server.kubeconfig);
    await kubectl('create', 'namespace', 'shop');
    await feed(['apply'], device('cam-1'), device('cam-2'), settings);
  });
  afterAll(async () => {
    kubectl?.close();
    await server?.close();
  });

  const run = (args: readonly string[], options = {}) => kubectl.run(['-n', 'shop', ...args], options);
  const shop = (...args: string[]) => kubectl('-n', 'shop', ...args);
  const feed = async (verb: string[], ...objects: object[]) => {
    const { code, out, err } = await run([...verb, '-f', '-'], { input: toFile(objects) });
    expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
    return out;
  };
  const names = async (what: string) =>
    (await shop('get', what, '-l', 'set=a', '-o', 'name')).trim().split('\n').sort();

  it.each([
    { how: 'client', flags: [] },
    { how: 'server', flags: ['--server-side'] },
  ])('diffs on the $how, and says by its exit code whether something would change', async ({ how, flags }) => {
    const name = `diffed-by-${how}`;
    await feed(['apply', ...flags], device(name));
    const diff = (wanted: object) => run(['diff', ...flags, '-f', '-'], { input: JSON.stringify(wanted) });
    expect(await diff(device(name))).toEqual({ code: 0, out: '', err: '' });
    const { code, out } = await diff(device(name, 'yard'));
    expect([code, out]).toEqual([1, expect.stringMatching(/-\s+location: hall\n\+\s+location: yard\n/)]);
    expect(await shop('get', 'device', name, '-o', 'jsonpath={.spec.location}')).toBe('hall');
    await shop('delete', 'device', name);
  });

  it('tries on the server, and makes nothing', async () => {
    expect(await feed(['create', '--dry-run=server'], device('cam-9'))).toBe(
      'device.eve.lfedge.org/cam-9 created (server dry run)\n',
    );
    const { code, err } = await run(['create', '--dry-run=server', '-f', '-'], {
      input: JSON.stringify({ ...device('cam-9'), spec: { certificate: 'nonsense' } }),
    });
    expect([code, err]).toEqual([1, expect.stringContaining('spec.certificate: Invalid value')]);
    expect(await shop('delete', 'device', 'cam-1', '--dry-run=server')).toContain('(server dry run)');
    expect(await names('devices')).toEqual(['device.eve.lfedge.org/cam-1', 'device.eve.lfedge.org/cam-2']);
  });

  it('prunes by a list of kinds', async () => {
    const kinds = ['core/v1/ConfigMap', 'eve.lfedge.org/v1beta1/Device'].map(kind => `--prune-allowlist=${kind}`);
    await feed(['apply'], device('cam-3'), settings);
    const out = await feed(['apply', '--prune', '-l', 'set=a', ...kinds], device('cam-1'), device('cam-2'), settings);
    expect(out).toContain('device.eve.lfedge.org/cam-3 pruned\n');
    expect(await names('devices,configmaps')).toEqual([
      'configmap/settings',
      'device.eve.lfedge.org/cam-1',
      'device.eve.lfedge.org/cam-2',
    ]);
  });

  it('names the kinds that pruning without a list wants and that are not here', async () => {
    const { code, err } = await run(['apply', '--prune', '-l', 'set=a', '-f', '-'], {
      input: toFile([device('cam-1'), device('cam-2'), settings]),
    });
    expect([code, err]).toEqual([1, expect.stringContaining('no matches for kind')]);
    expect(await names('devices')).toHaveLength(2);
  });

  it.each([
    ['secrets/mine', []],
    ['configmaps/theirs', ['--server-side']],
  ])('prunes by an ApplySet in %s %j', async (set, flags) => {
    const apply = async (...objects: object[]) => {
      const { code, out, err } = await run(['apply', '--prune', `--applyset=${set}`, ...flags, '-f', '-'], {
        input: toFile(objects.map(one => ({ ...one, metadata: { name: `${set.slice(0, 3)}-1` } }))),
        env: { KUBECTL_APPLYSET: 'true' },
      });
      expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
      return out;
    };
    const held = async () => JSON.parse(await shop('get', set, '-o', 'json')).metadata.annotations;
    const contained = 'applyset.kubernetes.io/contains-group-';
    await apply(device('x'), settings);
    expect(Object.entries(await held())).toContainEqual([
      expect.stringContaining(contained),
      expect.stringMatching(/^(ConfigMap,Device|configmaps,devices)\.eve\.lfedge\.org$/),
    ]);
    expect(await apply(device('x'))).toContain(`configmap/${set.slice(0, 3)}-1 pruned\n`);
    expect(Object.entries(await held())).toContainEqual([
      expect.stringContaining(contained),
      expect.stringMatching(/^(Device|devices)\.eve\.lfedge\.org$/),
    ]);
    expect(await shop('get', 'device', `${set.slice(0, 3)}-1`, '-o', 'name')).toContain('device');
    await shop('delete', 'device', `${set.slice(0, 3)}-1`);
  });

  it('edits with an editor, and opens it again over what the server refuses', async () => {
    const editor = join(server.data, 'editor');
    writeFileSync(
      editor,
      `#!/bin/sh
if grep -q '^# \\* spec.certificate: Invalid value' "$1"
then sed -i '/certificate: nonsense/d; s/location: .*/location: attic/' "$1"
else sed -i 's/location: .*/location: roof\\n  certificate: nonsense/' "$1"
fi
`,
      { mode: 0o755 },
    );
    const { code, err } = await run(['edit', 'device', 'cam-2'], { env: { KUBE_EDITOR: editor } });
    expect([code, err]).toEqual([0, expect.stringContaining('devices.eve.lfedge.org "cam-2" is invalid')]);
    expect(await shop('get', 'device', 'cam-2', '-o', 'jsonpath={.spec}')).toBe(
      '{"location":"attic","serial":"CAM-2"}',
    );
    const status = ['edit', 'device', 'cam-2', '--subresource=status'];
    const reported = await run(status, { env: { KUBE_EDITOR: `sed -i 's/^status:/status:\\n  serial: told/'` } });
    expect(reported).toMatchObject({ code: 0 });
    expect(await shop('get', 'device', 'cam-2', '-o', 'jsonpath={.status.serial}')).toBe('told');
  });

  it('labels and annotates all', async () => {
    expect(await shop('label', 'devices', '--all', 'site=north')).toMatch(/cam-1 labeled\n.*cam-2 labeled\n/);
    expect(await shop('annotate', 'devices', '--all', 'note=seen')).toMatch(/cam-1 annotated?\n.*cam-2 annotated?\n/);
    expect(await shop('label', 'devices', '--all', '--list')).toMatch(/site=north[\s\S]*site=north/);
    expect(await shop('get', 'devices', '-L', 'site', '--sort-by=.spec.serial', '--no-headers')).toMatch(
      /^cam-1 .* north\ncam-2 .* north\n$/,
    );
    await shop('label', 'devices', '--all', 'site-');
    await shop('annotate', 'devices', '--all', 'note-');
  });

  it.each(['device', 'application', 'applicationdeployment', 'configmap', 'customresourcedefinition'])(
    'explains everything of %s',
    async kind => {
      const text = await shop('explain', kind, '--recursive');
      expect(text).toMatch(/^ {2,3}metadata\t<ObjectMeta>/m);
      expect(text.split('\n').length).toBeGreaterThan(30);
    },
  );

  it('waits for conditions of all, and for values', async () => {
    await shop('wait', 'devices', '--all', '--for=condition=ConfigComposed', '--timeout=120s');
    await shop('wait', 'device', '-l', 'set=a', '--for=condition=ConfigComposed=True', '--timeout=120s');
    await shop('wait', 'device/cam-1', '--for=jsonpath={.spec.location}=hall', '--timeout=120s');
  });

  it('watches with the kind of each event', async () => {
    const child = kubectl.start(['-n', 'shop', 'get', 'devices', '-w', '--output-watch-events', '--no-headers']);
    let seen = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      seen += part;
    });
    try {
      await until(() => expect(seen).toMatch(/^ADDED +cam-1 .*\nADDED +cam-2 /));
      await feed(['create'], device('cam-4'));
      await shop('label', 'device', 'cam-4', 'site=south');
      await shop('delete', 'device', 'cam-4');
      await until(() => expect(seen).toMatch(/ADDED +cam-4 .*\n(?:.*\n)*MODIFIED +cam-4 .*\n(?:.*\n)*DELETED +cam-4 /));
    } finally {
      child.kill();
    }
  });

  it('tells events of one object, and follows them', async () => {
    await shop('create', '-f', join(import.meta.dirname, 'lonely.yaml'));
    await until(async () =>
      expect(await shop('events', '--for=application/lonely', '--types=Warning')).toContain('Warning'),
    );
    expect(await shop('events', '--for=device/cam-1', '--types=Warning')).not.toContain('lonely');
  });

  it('lists kinds and what one may do with them', async () => {
    const wide = await kubectl('api-resources', '-o', 'wide', '--sort-by=kind');
    expect(wide).toMatch(/^devices .* Device +create,delete,deletecollection,get,list,patch,update,watch +eve$/m);
    await shop('create', 'role', 'reader', '--verb=get,list', '--resource=devices.eve.lfedge.org,devices/status');
    await shop('create', 'rolebinding', 'reads', '--role=reader', '--user=ann');
    const may = await shop('auth', 'can-i', '--list', '--as=ann');
    expect(may).toMatch(/^devices\.eve\.lfedge\.org(\/status)? +\[\] +\[\] +\[get list\]$/m);
    expect(may).toMatch(/^selfsubjectaccessreviews\.authorization\.k8s\.io +\[\] +\[\] +\[create\]$/m);
  });

  it('reconciles roles', async () => {
    const role = (verbs: string[]) => ({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reconciled', namespace: 'shop' },
      rules: [{ apiGroups: ['eve.lfedge.org'], resources: ['devices'], verbs }],
    });
    await feed(['auth', 'reconcile'], role(['get']));
    await feed(['auth', 'reconcile'], role(['list']));
    const { rules } = JSON.parse(await shop('get', 'role', 'reconciled', '-o', 'json'));
    expect(rules.flatMap((rule: { verbs: string[] }) => rule.verbs).sort()).toEqual(['get', 'list']);
  });

  it('stands behind a proxy', async () => {
    const child = kubectl.start(['proxy', '--port=0']);
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
    try {
      const address = await until(() => {
        const [, found] = /Starting to serve on (\S+)/.exec(said) ?? [];
        if (found === undefined) throw new Error('no proxy yet');
        return `http://${found}`;
      });
      const base = `${address}/apis/eve.lfedge.org/v1beta1/namespaces/shop/devices`;
      const one = await fetch(`${base}/cam-1`).then(answer => answer.json());
      expect(one).toMatchObject({ kind: 'Device', metadata: { name: 'cam-1' } });
      const stop = new AbortController();
      const watch = await fetch(`${base}?watch=true`, { signal: stop.signal });
      const first = await watch.body?.getReader().read();
      expect(Buffer.from(first?.value ?? []).toString()).toContain('"type":"ADDED"');
      stop.abort();
    } finally {
      child.kill();
    }
  });

  it('replaces by force', async () => {
    const uid = () => shop('get', 'device', 'cam-2', '-o', 'jsonpath={.metadata.uid}');
    const before = await uid();
    expect(await feed(['replace', '--force'], device('cam-2'))).toContain('replaced');
    expect(await uid()).not.toBe(before);
  });

  it('reads what runs here, and no nodes', async () => {
    expect(await kubectl('cluster-info')).toContain(`is running at`);
    const dump = join(server.data, 'dump');
    const { code, err } = await run(['cluster-info', 'dump', '--output-directory', dump]);
    expect([code, err]).toEqual([1, expect.stringMatching(/could not find the requested resource \(get nodes\)/)]);
    expect(readdirSync(server.data)).not.toContain('dump');
    expect(await shop('get', 'pods')).toBe('');
    expect(await kubectl('get', '--raw', '/readyz?verbose')).toContain('readyz check passed');
  });

  const unknown = /no kind "Device" is registered|no kind "ApplicationDeployment" is registered/;
  const noNodes = /the server doesn't have a resource type "nodes?"/;
  const noPod = /\(NotFound\): pods "x" not found/;
  it.each([
    ['cordon x', noNodes],
    ['uncordon x', noNodes],
    ['drain x --ignore-daemonsets', noNodes],
    ['taint nodes x a=b:NoSchedule', noNodes],
    ['top node', /Metrics API not available/],
    ['top pod', /Metrics API not available/],
    ['logs x', noPod],
    ['logs device/cam-1', unknown],
    ['exec x -- ls', noPod],
    ['exec device/cam-1 -- ls', unknown],
    ['attach x', noPod],
    ['port-forward x 80', noPod],
    ['port-forward device/cam-1 80', unknown],
    ['debug x --image=a', noPod],
    ['run x --image=a', /\(MethodNotAllowed\): the server does not allow this method on the requested resource/],
    ['create deployment x --image=a', /could not find the requested resource \(post deployments\.apps\)/],
    ['create job x --image=a', /could not find the requested resource \(post jobs\.batch\)/],
    ['expose device cam-1 --port=80', /cannot expose a |no kind "Device" is registered/],
    ['autoscale device cam-1 --max=2', /could not find scale subresource|cannot autoscale/],
    ['set image device/cam-1 a=b', unknown],
    ['set env device/cam-1 a=b', unknown],
    ['scale device cam-1 --replicas=2', /could not find the requested resource/],
    ['get deployments', /the server doesn't have a resource type "deployments"/],
    ['certificate approve x', /certificatesigningrequests\.certificates\.k8s\.io "x" not found/],
    ['rollout status device/cam-1', unknown],
    ['rollout history device/cam-1', unknown],
    ['rollout undo device/cam-1', unknown],
    ['rollout restart device/cam-1', unknown],
    ['rollout pause device/cam-1', unknown],
    ['rollout resume device/cam-1', unknown],
  ])('refuses in words: kubectl %s', async (command, words) => {
    const { code, out, err } = await run(command.split(' '));
    expect([code, out + err]).toEqual([expect.any(Number), expect.stringMatching(words)]);
    expect(code).not.toBe(0);
    expect(err).not.toMatch(/panic|goroutine|InternalError/);
  });
});
