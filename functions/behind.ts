import { fromUtf8, toUtf8 } from '../shared/base/bytes.ts';
import { once } from '../shared/base/once.ts';
import type { Changed } from '../shared/compose/changed.ts';
import { createLeadership } from '../shared/controllers/leadership.ts';
import type { Failing } from '../shared/controllers/settle.ts';
import { createController } from '../shared/eve/controller.ts';
import { bootstrapOnce } from '../shared/resources/bootstrap.ts';
import { createWitness } from '../shared/store/witness.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import { replaceable } from './controller.ts';
import { mustBelong } from './identity/belong.ts';
import type { Serving } from './identity/identity.ts';
import { toSigner } from './identity/signer.ts';
import { createLoops } from './loops.ts';
import { type ObjectsParts, openObjects } from './objects.ts';

export interface BehindParts extends ObjectsParts {
  readonly identity: Serving;
  /**
   * The identity as it is, for somebody may have made new certificates: read at most `maxAgeMs` ago, by default as long ago as is
   * usual here. The same object for as long as it is the same.
   */
  readonly renew?: (maxAgeMs?: number) => Promise<Serving>;
  readonly telemetry: Telemetry;
  /** Who this process is among those that share the store. */
  readonly name: string;
}

/** What happened, for those who work behind requests. */
export interface News {
  readonly changes: readonly Changed[];
  /** Whether devices reported something. */
  readonly reported: boolean;
  /** Store types that were written, where it is not told what changed. */
  readonly touched?: ReadonlySet<string>;
  /** Store types of which some changes are not known any more. */
  readonly missed?: ReadonlySet<string>;
}

/** What could not be done, and why. */
export interface Outcome {
  /** About a change itself: whoever told of it should tell again. */
  readonly failed: ReadonlyMap<Changed, unknown>;
  /** By controllers, which look at more than what changed: `tick` has them try again. */
  readonly failing: Failing;
}

/** What works behind requests, for processes that are called when there is something to do and stand still in between. */
export interface Behind {
  /** Does all that follows from what happened. Running it twice changes nothing. Rejects when that could not even be begun. */
  follow(news: News, signal: AbortSignal): Promise<Outcome>;
  /**
   * Does what is due by time: clears away what is over, judges who is silent, looks at everything once more, and goes on until
   * `signal` aborts with what was left.
   */
  tick(signal: AbortSignal): Promise<Failing>;
}

/** Processes that run all the time are leaders for long: they are called so. */
export const standing = 'standing-';

export const openBehind = (parts: BehindParts): Behind => {
  const { ports, identity, telemetry, name } = parts;
  const { store, take } = createWitness(parts.store);
  const objects = openObjects({ ...parts, store });
  const { registry } = objects;
  const { controller, replace } = replaceable(createController(identity));
  const loops = createLoops({
    objects,
    store,
    telemetry,
    controller,
    sign: toSigner(identity, ports),
    ports,
    rootPem: identity.root.certificatePem,
    // That this process began just now says nothing about whether devices could be heard before.
    startedAt: 0,
  });
  const { clock, log } = ports;
  const leadership = createLeadership({ registry, log, clock, identity: name });
  const start = once(async () => {
    await mustBelong(store, identity);
    await bootstrapOnce({ registry, store, clock });
  });

  const { marks } = store;
  /** Whether devices are told what this process knows of the controller's certificates. */
  const isAgreed = async (): Promise<boolean> => {
    const mark = await marks.get(certificates.space, certificates.key);
    return mark !== undefined && toUtf8(mark) === controller.confighash;
  };
  let latest = identity;
  const renew = async (maxAgeMs?: number): Promise<void> => {
    const found = await parts.renew?.(maxAgeMs);
    if (!found || found === latest) return;
    latest = found;
    replace(createController(found));
  };
  /**
   * Whoever knows other certificates than those that devices were composed with last reads them again: one of the two knows old
   * ones. When these are the new ones, every device is told.
   */
  const agree = async (signal: AbortSignal): Promise<void> => {
    await renew();
    if (await isAgreed()) return;
    await renew(0);
    if (await isAgreed()) return;
    await loops.composeAll(signal);
    await marks.set(certificates.space, certificates.key, fromUtf8(controller.confighash));
  };

  /** Does it when nobody else does such a thing; leaves it to a leader that goes on for long. Rejects when its turn does not come. */
  const alone = inTurn(async ({ patienceMs, work }: Alone): Promise<Failing> => {
    let failing: Failing = new Map();
    const waitsFor = (leader: string): boolean => !leader.startsWith(standing);
    const { leader } = await leadership.once(
      async () => {
        failing = await work();
      },
      { patienceMs, waitsFor },
    );
    if (leader === name || (leader && !waitsFor(leader))) return failing;
    throw new Error(`${leader} leads, and does not end`);
  });

  const { lease } = leadership;
  /** Controllers look at objects; that one of us led is no news. */
  const isNews = ({ type, change }: Changed): boolean =>
    type.startsWith('objects/') && !(type === lease.type && change.key === lease.key);

  return {
    async follow({ changes, reported, touched = [], missed = new Set() }, signal) {
      await start();
      await agree(signal);
      if (missed.size > 0) await loops.composeAll(signal);
      let failed = await loops.compose(changes, signal);
      if (!(await isAgreed())) {
        // Somebody made new ones in between.
        await agree(signal);
        failed = await loops.compose(changes, signal);
      }
      const types = new Set([...missed, ...touched, ...changes.filter(isNews).map(({ type }) => type)]);
      if (types.size === 0 && !reported) return { failed, failing: new Map() };
      const work = async (): Promise<Failing> => {
        if (reported) await loops.reflect();
        return loops.settle(take, types);
      };
      const failing = await alone({ patienceMs: followMs, work });
      return { failed, failing };
    },
    async tick(signal) {
      await bootstrapOnce({ registry, store, clock }, day);
      await agree(signal);
      const work = async (): Promise<Failing> => {
        await loops.reflect();
        return loops.settle(take);
      };
      const failing = await alone({ patienceMs: tickMs, work });
      const left = await loops.resume(signal);
      // Whoever leads waits for nobody who clears away.
      await loops.sweep();
      return new Map([...failing, ...left]);
    },
  };
};

/** The mark of the certificates with which devices were composed last: their `confighash`. */
const certificates = { space: 'composed', key: 'certificates' } as const;

const day = 86_400_000;
interface Alone {
  /** How long another one may take. */
  readonly patienceMs: number;
  work(): Promise<Failing>;
}

const followMs = 30_000;
/** Who follows is given half a minute or more, and whom the platform ends meanwhile holds the lease for a while longer. */
const tickMs = 90_000;

/** One call after the other. */
const inTurn = <A, B>(act: (argument: A) => Promise<B>): ((argument: A) => Promise<B>) => {
  let last: Promise<unknown> = Promise.resolve();
  return argument => {
    const next = last.then(() => act(argument));
    last = next.catch(() => undefined);
    return next;
  };
};
