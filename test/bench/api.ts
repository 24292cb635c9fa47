import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, settle, stop } from './child.ts';
import { grow, prepare } from './configmaps.ts';
import { type Costs, costsAmong, pageMs } from './cost.ts';
import { applyLargeMs, rulesMs } from './heavy.ts';
import { connectKube, type Kube, toTarget } from './kube.ts';
import { load } from './load.ts';
import { plainPost } from './scenarios.ts';
import { ms, none, type Row } from './table.ts';
import { furnishVerbs, verbRate, verbs } from './verbs.ts';
import type { Target } from './wire.ts';

export interface Bench {
  note(row: Row): void;
  say(text: string): void;
  /** 1 is the whole measurement. */
  readonly scale: number;
}

interface Subject {
  readonly pid: number;
  readonly target: Target;
  readonly kube: Kube;
}

/** The Kubernetes API by itself: what its verbs do in a second, and what a request costs among few objects and many. */
export const measureApi = async (bench: Bench): Promise<void> => {
  const data = mkdtempSync(join(tmpdir(), 'kubeve-bench-'));
  const { child, said } = await launch<{ kubeconfig: string }>('server.ts', [data]);
  const kube = connectKube(said.kubeconfig);
  const subject = { pid: child.pid ?? 0, target: toTarget(said.kubeconfig), kube };
  try {
    await prepare(kube);
    await furnishVerbs(subject.target);
    const times = Math.max(100, Math.round(1000 * bench.scale));
    // The first requests are slow: their code is not compiled yet.
    await costsAmong({ ...subject, times }, 100);
    const few = await costsAmong({ ...subject, times }, 100);
    await rates(bench, subject, await bareRates(bench, data));
    await heavy(bench, subject);
    const count = Math.round(100_000 * bench.scale);
    bench.say(`making ${count} objects …`);
    await grow(subject.target, 100, count);
    await settle(subject.pid);
    compare(bench, few, await costsAmong({ ...subject, times }, count), count);
    const small = await pageMs(subject.pid, subject.target, 500, Math.ceil(times / 4));
    const large = await pageMs(subject.pid, subject.target, 5000, Math.ceil(times / 25));
    const ratio = large / small;
    bench.note({
      what: `a page of 5,000 of ${count.toLocaleString('en')} objects of 1 KB`,
      measured: `${ms(large)} of CPU = ${ratio.toFixed(1)} pages of 500`,
      target: '≤ 12 pages of 500',
      isMet: ratio <= 12,
    });
  } finally {
    kube.close();
    await stop(child);
    rmSync(data, { recursive: true, force: true });
  }
};

const crowds = [1, 16, 64] as const;

const secondsOf = ({ scale }: Bench): number => Math.max(1, 4 * scale);

/** What a bare Node HTTPS server answers to as many clients of the same kind. */
const bareRates = async (bench: Bench, data: string): Promise<number[]> => {
  const pki = (name: string): string => join(data, 'pki', name);
  const { child, said } = await launch<{ port: number }>('bare.ts', [pki('server.key.pem'), pki('server.pem')]);
  const target = {
    host: '127.0.0.1',
    port: said.port,
    ca: readFileSync(join(data, 'eve/root-certificate.pem'), 'utf8'),
  };
  try {
    const found: number[] = [];
    for (const connections of crowds)
      found.push(
        await load({
          target,
          connections,
          seconds: secondsOf(bench),
          status: 304,
          request: () => plainPost(target),
        }),
      );
    return found;
  } finally {
    await stop(child);
  }
};

const labels = {
  get: 'GET of an object of 1 KB',
  list: 'list of a page of 100',
  create: 'create',
  apply: 'server-side apply that changes an object',
  watch: 'events that arrive at watchers',
};

const rates = async (bench: Bench, { target, kube }: Subject, bare: readonly number[]): Promise<void> => {
  for (const verb of verbs) {
    const found: number[] = [];
    for (const clients of crowds)
      found.push(await verbRate(verb, { target, kube, clients, seconds: secondsOf(bench) }));
    const share = (found.at(-1) ?? 0) / (bare.at(-1) ?? 1);
    bench.note({
      what: `${labels[verb]}, at ${crowds.join(' / ')} clients`,
      measured:
        `${found.map(rate => Math.round(rate).toLocaleString('en')).join(' / ')} a second; ` +
        `${share.toFixed(2)} of what a bare Node server answers to ${crowds.at(-1)}`,
      target: none,
      isMet: true,
    });
  }
};

const compare = (bench: Bench, few: Costs, many: Costs, count: number): void => {
  const names = { get: 'GET', create: 'create', watch: 'a write and its event at a watcher', page: 'a page of 500' };
  for (const name of ['get', 'create', 'watch', 'page'] as const) {
    // Among a hundred, a page of 500 is one of 100.
    const before = name === 'page' ? few.page * 5 : few[name];
    const ratio = many[name] / before;
    bench.note({
      what: `${names[name]} among ${count.toLocaleString('en')} objects`,
      measured: `${many[name].toFixed(2)} ms of CPU = ${ratio.toFixed(2)} of the cost among 100`,
      target: '≤ 1.3 of it',
      isMet: ratio <= 1.3,
    });
  }
};

const heavy = async (bench: Bench, { pid, target, kube }: Subject): Promise<void> => {
  const times = Math.max(20, Math.round(100 * bench.scale));
  const large = await applyLargeMs(pid, target, kube, times);
  bench.note({
    what: 'server-side apply of an object of 50 KB in 500 fields',
    measured: `${large.toFixed(1)} ms of CPU`,
    target: '≤ 5 ms',
    isMet: large <= 5,
  });
  const rules = await rulesMs(pid, target, kube, Math.ceil(times / 3));
  bench.note({
    what: 'create under a CEL rule of 40,000 steps, and of more than its budget (refused)',
    measured: `${(rules.within - rules.none).toFixed(1)} ms and ${(rules.beyond - rules.none).toFixed(1)} ms of CPU beyond a create without`,
    target: '≤ 500 ms',
    isMet: Math.max(rules.within, rules.beyond) - rules.none <= 500,
  });
};
