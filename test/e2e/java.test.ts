import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { findClient, runClient, startClient } from '../support/clients.ts';
import { findPrograms, type Kubectl, openKubectl } from '../support/kubectl.ts';
import { openRelay, type Relay } from '../support/relay.ts';
import { startServer, type TestServer } from '../support/server.ts';

const built = findClient('java');
const kubectlPath = findPrograms().at(-1)?.path;

const clients = [
  {
    program: 'Fabric8',
    makes: [
      'created till',
      'applied lab',
      'watched MODIFIED roof',
      'reported reported',
      'left 0',
      'typed dQ==',
      'refused 409 AlreadyExists',
    ],
  },
  {
    program: 'Official',
    makes: [
      'created till',
      'applied lab',
      'patched roof',
      'watched MODIFIED roof',
      'left 0',
      'typed u',
      'refused 409 AlreadyExists',
    ],
  },
];

/** The clients of Kubernetes for Java: of fabric8, and of the Kubernetes project. A JVM takes its time to start. */
describe.skipIf(!built || !kubectlPath)('Java', { timeout: 120_000 }, () => {
  let server: TestServer;
  let relay: Relay;
  let kubectl: Kubectl;
  let home: string;
  beforeAll(async () => {
    server = await startServer();
    relay = await openRelay(server.url);
    kubectl = openKubectl(kubectlPath ?? '', server.kubeconfig);
    home = mkdtempSync(join(tmpdir(), 'kubeve-java-'));
    writeFileSync(join(home, 'far'), readFileSync(server.kubeconfig, 'utf8').replaceAll(server.url, relay.url));
  });
  afterAll(async () => {
    kubectl?.close();
    await relay?.close();
    await server?.close();
    if (home) rmSync(home, { recursive: true, force: true });
  });
  const classpath = [`${built}/classes`, `${built}/lib/*`].join(':');
  const begin = (...args: string[]) =>
    startClient('java', ['-cp', classpath, ...args], { kubeconfig: join(home, 'far'), home });

  describe.each(clients)('$program', ({ program, makes }) => {
    const namespace = program.toLowerCase();
    beforeAll(async () => {
      await kubectl('create', 'namespace', namespace);
    });

    it('finds kinds, and makes, applies, patches, watches and deletes objects of them', async () => {
      const out = await runClient('java', ['-cp', classpath, program, 'objects', namespace], {
        kubeconfig: server.kubeconfig,
        home,
      });
      expect(out.trim().split('\n')).toEqual(makes);
    });

    it('keeps what the server has in its informer, however often connections are cut', async () => {
      const informer = begin(program, 'informer', namespace);
      try {
        await vi.waitFor(() => expect(informer.said()).toContain('started'), 20_000);
        for (const value of ['a', 'b', 'c', 'd']) {
          relay.cut();
          for (const name of ['one', 'two'])
            await kubectl.run(['apply', '-f', '-'], {
              input: JSON.stringify({
                apiVersion: 'v1',
                kind: 'ConfigMap',
                metadata: { name, namespace },
                data: { value: `${name}-${value}` },
              }),
            });
        }
        await kubectl('-n', namespace, 'delete', 'configmap', 'two');
        await vi.waitFor(
          () => {
            informer.process.stdin?.write('\n');
            expect(informer.said().trim().split('\n').at(-1)).toBe('{kube-root-ca.crt=null, one=one-d}');
          },
          { timeout: 40_000, interval: 250 },
        );
        expect(relay.cuts()).toBeGreaterThan(0);
      } finally {
        await informer.end('SIGKILL');
      }
    });
  });

  it('leads by a Lease with fabric8; another takes over', async () => {
    const [one, two] = [begin('Fabric8', 'lead', 'one'), begin('Fabric8', 'lead', 'two')];
    try {
      const leads = /leads (one|two)/;
      const first = await vi.waitFor(() => {
        const [leader] = [one, two].filter(each => leads.test(each.said()));
        if (leader === undefined) throw new Error(`nobody leads: ${one.said()}${two.said()}`);
        return leader;
      }, 40_000);
      relay.cut();
      await first.end('SIGKILL');
      await vi.waitFor(() => expect((first === one ? two : one).said()).toMatch(leads), 30_000);
    } finally {
      await one.end('SIGKILL');
      await two.end('SIGKILL');
    }
  });
});
