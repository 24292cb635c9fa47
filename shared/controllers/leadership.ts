import { delay } from '../base/delay.ts';
import { type ApiObject, type JsonMap, type ObjectRef, toKey } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import type { Clock } from '../base/ports.ts';
import { controllerUser } from '../kube/access/user.ts';
import type { ControllerParts } from './controller.ts';

export interface LeadershipParts extends ControllerParts {
  readonly clock: Clock;
  /** Who this process is, as nobody else is called. */
  readonly identity: string;
  /** Default: `kubeve-controllers` in `kube-system`. */
  readonly lease?: ObjectRef;
  /** How long others wait after the last sign of a leader; default 15 s, at least 1 s. */
  readonly durationMs?: number;
}

/**
 * One process at a time does what must not be done twice at once: the one that holds a Lease of coordination.k8s.io, which
 * users see as any other. A leader that says nothing for the lease's duration has lost it. Until its work has ended, which it
 * is told to, it may overlap with the next one's: every write of either is checked against what it was decided on.
 */
export interface Leadership {
  /** Store type and key of the lease: to lead changes it, from which nothing follows. */
  readonly lease: { readonly type: string; readonly key: string };
  /** Runs `work` whenever this process leads, until `signal` aborts. The signal that `work` gets aborts when it leads no more. */
  lead(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
  /**
   * Runs `work` once, as soon as nobody else leads, and gives the lease back. Answers who leads instead when that did not
   * change within `patienceMs`, or is somebody whose end is not waited for.
   */
  once(work: () => Promise<void>, options: OnceOptions): Promise<{ readonly leader?: string }>;
}

export interface OnceOptions {
  readonly patienceMs: number;
  /** Default: everybody's. */
  readonly waitsFor?: (leader: string) => boolean;
}

export const createLeadership = (parts: LeadershipParts): Leadership => {
  const { log } = parts;
  const candidate = createCandidate(parts);
  const { durationMs } = candidate;

  const renew = async (lost: AbortController, signal: AbortSignal): Promise<void> => {
    let renewedAt = parts.clock.now();
    while (!signal.aborted && !lost.signal.aborted) {
      await delay(durationMs / 3, signal);
      if (signal.aborted) return;
      try {
        const leader = await candidate.take();
        if (leader !== parts.identity) return lost.abort();
        renewedAt = parts.clock.now();
      } catch (error) {
        log.warn('the lease could not be renewed', { error: String(error) });
        if (parts.clock.now() - renewedAt >= (durationMs * 2) / 3) return lost.abort();
      }
    }
  };

  return {
    lease: candidate.place,
    async lead(work, signal) {
      while (!signal.aborted) {
        const leader = await candidate.take().catch((error: unknown) => {
          log.warn('the lease could not be taken', { error: String(error) });
          return undefined;
        });
        if (leader !== parts.identity) {
          await delay(durationMs / 5, signal);
          continue;
        }
        log.info('leads from now on', { identity: parts.identity });
        const [lost, over] = [new AbortController(), new AbortController()];
        const end = (): void => lost.abort();
        signal.addEventListener('abort', end, { once: true });
        if (signal.aborted) end();
        const renewing = renew(lost, over.signal);
        try {
          await work(lost.signal);
        } catch (error) {
          log.error('what the leader runs broke and begins anew', { error });
          // What broke may have left something running.
          lost.abort();
          await delay(1_000, signal);
        }
        over.abort();
        await renewing;
        signal.removeEventListener('abort', end);
        await candidate.giveBack();
        log.info('leads no more', { identity: parts.identity });
      }
    },
    async once(work, { patienceMs, waitsFor = () => true }) {
      const end = parts.clock.now() + patienceMs;
      const { signal } = new AbortController();
      for (;;) {
        const leader = await candidate.take();
        if (leader === parts.identity) break;
        if (leader === undefined) continue;
        if (parts.clock.now() >= end || !waitsFor(leader)) return { leader };
        await delay(pollMs, signal);
      }
      const [lost, over] = [new AbortController(), new AbortController()];
      const renewing = renew(lost, over.signal);
      try {
        await work();
      } finally {
        over.abort();
        await renewing;
        await candidate.giveBack();
      }
      return { leader: parts.identity };
    },
  };
};

/** Between two looks at a lease that another holds for a moment. */
const pollMs = 200;

/** A lease that was renewed so long ago, by anybody's clock, is nobody's. */
const foreverMs = 60_000;

const createCandidate = ({ registry, clock, log, identity, ...parts }: LeadershipParts) => {
  const { lease = { namespace: 'kube-system', name: 'kubeve-controllers' }, durationMs = 15_000 } = parts;
  const type = registry.catalog.get('coordination.k8s.io', 'leases');
  /** The lease as it was seen first in its present form, by our own clock: others' clocks may be wrong. */
  let seen = { renewTime: '', holder: '', at: 0 };

  const isFree = ({ holderIdentity = '', renewTime = '' }: Spec, now: number): boolean => {
    if (holderIdentity === '' || holderIdentity === identity) return true;
    if (seen.renewTime !== renewTime || seen.holder !== holderIdentity)
      seen = { renewTime, holder: holderIdentity, at: now };
    return now - seen.at >= durationMs || now - Date.parse(renewTime) >= durationMs + foreverMs;
  };

  const held = (spec: Spec, now: number): JsonMap => {
    const time = toMicroTime(now);
    const isMine = spec.holderIdentity === identity;
    return {
      ...(spec as JsonMap),
      holderIdentity: identity,
      leaseDurationSeconds: Math.max(Math.ceil(durationMs / 1000), 1),
      acquireTime: isMine ? (spec.acquireTime ?? time) : time,
      renewTime: time,
      leaseTransitions: (spec.leaseTransitions ?? 0) + (isMine || !spec.acquireTime ? 0 : 1),
    };
  };

  const change = (decide: (spec: Spec, current: ApiObject) => ApiObject) =>
    registry.update(type, lease, current => decide(specOf(current), current), {
      user: controllerUser,
      createFrom: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { ...lease } as ApiObject['metadata'],
      },
    });

  return {
    durationMs,
    place: { type: type.storage, key: toKey(lease) },
    /** Takes or renews the lease, or leaves it to who has it. Answers who that is. */
    async take(): Promise<string | undefined> {
      const now = clock.now();
      const { object } = await change((spec, current) =>
        isFree(spec, now) ? { ...current, spec: held(spec, now) } : current,
      );
      return specOf(object).holderIdentity;
    },
    /** Lets the next one begin at once. */
    async giveBack(): Promise<void> {
      try {
        await change((spec, current) =>
          spec.holderIdentity === identity ? { ...current, spec: { ...current.spec, holderIdentity: '' } } : current,
        );
      } catch (error) {
        log.warn('the lease was not given back: it ends by itself', { error: String(error) });
      }
    },
  };
};

interface Spec {
  readonly holderIdentity?: string;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

// Stored Leases have passed their schema.
const specOf = ({ spec }: ApiObject): Spec => (isMap(spec) ? (spec as Spec) : {});

/** As Kubernetes writes it: microseconds, of which we know the milliseconds. */
const toMicroTime = (ms: number): string => `${new Date(ms).toISOString().slice(0, -1)}000Z`;
