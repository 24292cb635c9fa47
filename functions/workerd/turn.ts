import { fromUtf8, toUtf8 } from '../../shared/base/bytes.ts';
import type { Clock } from '../../shared/base/ports.ts';
import type { Entry, Store } from '../../shared/store/store.ts';

export interface TurnParts {
  readonly store: Pick<Store, 'get' | 'commit'>;
  readonly clock: Clock;
  /** Who this is, as nobody else is called. */
  readonly name: string;
}

/**
 * One at a time does what many are called for: who comes while another is at it leaves a note and goes. Notes are names; who
 * is at it sees every note that was left before it ends.
 */
export interface Turn {
  /** Answers what is noted, own notes included, when it is this one's turn; undefined: another one will see to it. */
  take(notes: ReadonlySet<string>): Promise<ReadonlySet<string> | undefined>;
  /** Answers what was noted since, which is then this one's to do. Undefined: nothing was, and the turn is over. */
  next(): Promise<ReadonlySet<string> | undefined>;
  /** Gives up: what is noted is left to who comes next. */
  leave(): Promise<void>;
}

/** Store type of what says whose turn it is. */
export const turns = 'turns';
const key = 'follow';

/** Who has not been heard for so long is not at it any more: platforms end what goes on behind an answer after 30 seconds. */
export const turnMs = 40_000;

/**
 * So many may come at the same moment before one of them leaves it to who comes later. Whose turn it is tries until it is done:
 * each that was faster has left a note that was not there yet, and there are not many names.
 */
const maxTries = 10;

export const createTurn = ({ store, clock, name }: TurnParts): Turn => {
  const change = async (
    decide: (state: State) => State | undefined,
    most = Number.POSITIVE_INFINITY,
  ): Promise<State | undefined> => {
    let found = await store.get(turns, key);
    for (let tries = 0; tries < most; tries += 1) {
      const next = decide(toState(found));
      if (next === undefined) return undefined;
      const value = fromUtf8(JSON.stringify(next));
      const outcome = await store.commit(turns, { key, value, expected: found?.revision ?? 0 });
      if (outcome.ok) return next;
      found = outcome.failed === 'expected' ? outcome.current : await store.get(turns, key);
    }
    return undefined;
  };
  return {
    async take(notes) {
      let noted: readonly string[] = [];
      const done = await change(state => {
        noted = merge(state.notes, notes);
        const now = clock.now();
        if (state.holder === '' || state.until <= now) return { holder: name, until: now + turnMs, notes: [] };
        return noted.length === state.notes.length ? undefined : { ...state, notes: noted };
      }, maxTries);
      return done?.holder === name ? new Set(noted) : undefined;
    },
    async next() {
      let noted: readonly string[] = [];
      const done = await change(state => {
        if (state.holder !== name) return undefined;
        noted = state.notes;
        return noted.length === 0 ? nobody : { holder: name, until: clock.now() + turnMs, notes: [] };
      });
      return done?.holder === name ? new Set(noted) : undefined;
    },
    async leave() {
      await change(state => (state.holder === name ? { ...nobody, notes: state.notes } : undefined));
    },
  };
};

interface State {
  /** Empty: nobody's turn. */
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly until: number;
  readonly notes: readonly string[];
}

const nobody: State = { holder: '', until: 0, notes: [] };

// Written by `change` only.
const toState = (found: Entry | undefined): State => (found ? (JSON.parse(toUtf8(found.value)) as State) : nobody);

const merge = (some: readonly string[], others: ReadonlySet<string>): readonly string[] =>
  [...new Set([...some, ...others])].sort();
