import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findClient, runClient, startClient } from '../support/clients.ts';
import { type Far, openFar } from '../support/far.ts';
import { findPrograms } from '../support/kubectl.ts';
import { until } from '../support/until.ts';

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
describe.skipIf(!built || !kubectlPath)('Java', () => {
  let far: Far;
  beforeAll(async () => {
    far = await openFar(kubectlPath ?? '');
  });
  afterAll(() => far?.close());
  const classpath = [`${built}/classes`, `${built}/lib/*`].join(':');
  const begin = (...args: string[]) =>
    startClient('java', ['-cp', classpath, ...args], { kubeconfig: far.kubeconfig, home: far.home });

  describe.each(clients)('$program', ({ program, makes }) => {
    const namespace = program.toLowerCase();
    beforeAll(async () => {
      await far.kubectl('create', 'namespace', namespace);
    });

    it('finds kinds, and makes, applies, patches, watches and deletes objects of them', async () => {
      const out = await runClient('java', ['-cp', classpath, program, 'objects', namespace], {
        kubeconfig: far.server.kubeconfig,
        home: far.home,
      });
      expect(out.trim().split('\n')).toEqual(makes);
    });

    it('keeps what the server has in its informer, however often connections are cut', async () => {
      const informer = begin(program, 'informer', namespace);
      try {
        await until(() => expect(informer.said()).toContain('started'));
        for (const value of ['a', 'b', 'c', 'd']) {
          far.relay.cut();
          for (const name of ['one', 'two'])
            await far.kubectl.run(['apply', '-f', '-'], {
              input: JSON.stringify({
                apiVersion: 'v1',
                kind: 'ConfigMap',
                metadata: { name, namespace },
                data: { value: `${name}-${value}` },
              }),
            });
        }
        await far.kubectl('-n', namespace, 'delete', 'configmap', 'two');
        await until(() => {
          informer.process.stdin?.write('\n');
          expect(informer.said().trim().split('\n').at(-1)).toBe('{kube-root-ca.crt=null, one=one-d}');
        });
        expect(far.relay.cuts()).toBeGreaterThan(0);
      } finally {
        await informer.end('SIGKILL');
      }
    });
  });

  it('leads by a Lease with fabric8; another takes over', async () => {
    const [one, two] = [begin('Fabric8', 'lead', 'one'), begin('Fabric8', 'lead', 'two')];
    try {
      const leads = /leads (one|two)/;
      const first = await until(() => {
        const [leader] = [one, two].filter(each => leads.test(each.said()));
        if (leader === undefined) throw new Error(`nobody leads: ${one.said()}${two.said()}`);
        return leader;
      });
      far.relay.cut();
      await first.end('SIGKILL');
      await until(() => expect((first === one ? two : one).said()).toMatch(leads));
    } finally {
      await one.end('SIGKILL');
      await two.end('SIGKILL');
    }
  });
});
