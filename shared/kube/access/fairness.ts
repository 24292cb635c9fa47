import type { RequestInfo } from '../request.ts';
import type { User } from './user.ts';

/**
 * Shares the server out among its users: so many requests run at one time, each user has a queue, and the queues take
 * turns, so that who asks for much waits for himself. Watches and other requests without an end are counted apart.
 */
export interface Fairness {
  /** Waits for the user's turn. The answer ends the turn; undefined: there is too much waiting already, come back later. */
  enter(flow: string): Promise<Leave | undefined>;
  /** Counts one that goes on; undefined when the user has too many of them. */
  stay(flow: string): Leave | undefined;
  load(): Load;
}

/** How much there is to do now, and how many were sent away since the start. */
export interface Load {
  readonly executing: number;
  readonly waiting: number;
  readonly rejected: Readonly<Record<Rejection, number>>;
}

/** Why one was sent away: too many waited, it waited for too long, the user holds too many that go on. */
export type Rejection = 'queue-full' | 'time-out' | 'concurrency-limit';

/** Called when it is over; a second call does nothing. */
export type Leave = () => void;

export interface FairnessLimits {
  /** Requests that run at one time. */
  readonly seats: number;
  /** Of them, those of one user: whoever holds all he may leaves room for others. */
  readonly seatsPerUser: number;
  /** Requests of one user that wait. */
  readonly queueLength: number;
  /** All that wait. */
  readonly queued: number;
  /** How long one waits before it is sent away, in milliseconds. */
  readonly patienceMs: number;
  /** Requests without an end of one user. */
  readonly longRunning: number;
}

/** Whom nobody may hold up: the administrators' group, and those who ask whether the server is well. */
export const isExempt = (user: User, { path, resource }: RequestInfo): boolean =>
  user.groups.includes('system:masters') || (resource === undefined && /^\/(healthz|livez|readyz)(\/|$)/.test(path));

interface Flow {
  readonly name: string;
  running: number;
  readonly waiting: ((leave: Leave | undefined) => void)[];
}

export const createFairness = (limits: FairnessLimits = usual): Fairness => {
  const flows = new Map<string, Flow>();
  /** Flows with something waiting and seats left for it, in the order of their turns. */
  const turns = new Set<Flow>();
  const staying = new Map<string, number>();
  let running = 0;
  let queued = 0;
  const rejected: Record<Rejection, number> = { 'queue-full': 0, 'time-out': 0, 'concurrency-limit': 0 };
  const reject = (why: Rejection): undefined => {
    rejected[why] += 1;
  };

  const forget = (flow: Flow): void => {
    if (flow.waiting.length > 0) return;
    turns.delete(flow);
    if (flow.running === 0) flows.delete(flow.name);
  };
  const sit = (flow: Flow): Leave => {
    running += 1;
    flow.running += 1;
    return once(() => {
      running -= 1;
      flow.running -= 1;
      if (flow.waiting.length > 0) turns.add(flow);
      forget(flow);
      call();
    });
  };
  /** Gives free seats to those whose turn it is. */
  const call = (): void => {
    for (const flow of turns) {
      if (running >= limits.seats) return;
      turns.delete(flow);
      if (flow.running >= limits.seatsPerUser) continue;
      const next = flow.waiting.shift();
      if (!next) continue;
      queued -= 1;
      next(sit(flow));
      // Behind all others.
      if (flow.waiting.length > 0) turns.add(flow);
    }
  };
  const wait = (flow: Flow): Promise<Leave | undefined> =>
    new Promise(resolve => {
      const turn = (leave: Leave | undefined): void => {
        clearTimeout(timer);
        resolve(leave);
      };
      const timer = setTimeout(() => {
        flow.waiting.splice(flow.waiting.indexOf(turn), 1);
        queued -= 1;
        forget(flow);
        turn(reject('time-out'));
      }, limits.patienceMs);
      flow.waiting.push(turn);
      queued += 1;
      turns.add(flow);
    });

  return {
    async enter(name) {
      const flow = flows.get(name) ?? { name, running: 0, waiting: [] };
      flows.set(name, flow);
      if (running < limits.seats && flow.running < limits.seatsPerUser) return sit(flow);
      if (flow.waiting.length >= limits.queueLength || queued >= limits.queued) {
        forget(flow);
        return reject('queue-full');
      }
      return wait(flow);
    },
    stay(name) {
      const count = staying.get(name) ?? 0;
      if (count >= limits.longRunning) return reject('concurrency-limit');
      staying.set(name, count + 1);
      return once(() => {
        const left = (staying.get(name) ?? 1) - 1;
        if (left === 0) staying.delete(name);
        else staying.set(name, left);
      });
    },
    load: () => ({ executing: running, waiting: queued, rejected }),
  };
};

const usual: FairnessLimits = {
  seats: 64,
  seatsPerUser: 24,
  queueLength: 256,
  queued: 4096,
  patienceMs: 15_000,
  longRunning: 1000,
};

const once = (act: () => void): Leave => {
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    act();
  };
};
