import { Fault } from '../base/fault.ts';
import { Sorted } from './sorted.ts';
import type { Change, Entry } from './store.ts';

/** How much of the past a store keeps. */
export interface HistoryLimits {
  /** Changes younger than this stay, in milliseconds; default one hour. */
  readonly historyMs?: number;
  /** So many latest changes of a type stay however old they are; default 1,000. */
  readonly historyMin?: number;
  /** A type's changes may take so much memory beyond what is there now, whatever their age; default 16 MiB. */
  readonly historyBytes?: number;
}

/** The latest changes of one type, without gaps from `compacted` (exclusive) to `head` (inclusive). */
export class History {
  readonly #limits: Required<HistoryLimits>;
  #changes: Change[] = [];
  #times: number[] = [];
  #bytes = 0;
  #compacted: number;
  readonly #pasts = new Map<number, Past>();

  constructor(limits: HistoryLimits, compacted = 0) {
    this.#limits = { historyMs: 3_600_000, historyMin: 1000, historyBytes: 16 << 20, ...limits };
    this.#compacted = compacted;
  }

  get compacted(): number {
    return this.#compacted;
  }

  get head(): number {
    return this.#compacted + this.#changes.length;
  }

  append(change: Change, at: number): void {
    if (change.revision !== this.head + 1) throw new Error(`revision ${change.revision} after ${this.head}`);
    this.#changes.push(change);
    this.#times.push(at);
    this.#bytes += toSize(change);
  }

  /** Up to `count` changes after a revision. Throws Expired when some of them are gone. */
  since(revision: number, count: number): Change[] {
    this.#mustReach(revision, `too old resource version: ${revision} (${this.#compacted + 1})`);
    const start = revision - this.#compacted;
    return this.#changes.slice(start, start + count);
  }

  /** What was different at an earlier revision: each key changed since, with its entry of then. */
  past(revision: number): Sorted<Then> {
    this.#mustReach(revision, 'The resourceVersion for the provided list is too old.');
    const past = this.#pasts.get(revision) ?? { reached: revision, changed: new Sorted<Then>() };
    for (let i = past.reached - this.#compacted; i < this.#changes.length; i++) {
      const change = this.#changes[i];
      // The first change of a key after the revision knows what was there at the revision.
      if (change !== undefined && past.changed.get(change.key) === undefined) {
        past.changed.set({ key: change.key, entry: change.previous });
      }
    }
    past.reached = this.head;
    this.#remember(revision, past);
    return past.changed;
  }

  /** True when the memory limit is passed by so much that compacting pays. */
  get isBulky(): boolean {
    return this.#bytes > this.#limits.historyBytes * 1.0625;
  }

  /** Forgets what the limits say, and tells what was forgotten. */
  compact(now: number): Change[] {
    const { historyMs, historyMin, historyBytes } = this.#limits;
    let count = 0;
    let bytes = this.#bytes;
    for (const change of this.#changes) {
      const isOld = (this.#times[count] ?? now) <= now - historyMs && this.#changes.length - count > historyMin;
      if (!isOld && bytes <= historyBytes) break;
      bytes -= toSize(change);
      count++;
    }
    if (count === 0) return [];
    const forgotten = this.#changes.slice(0, count);
    this.#changes = this.#changes.slice(count);
    this.#times = this.#times.slice(count);
    this.#bytes = bytes;
    this.#compacted += count;
    for (const revision of this.#pasts.keys()) if (revision < this.#compacted) this.#pasts.delete(revision);
    return forgotten;
  }

  #mustReach(revision: number, message: string): void {
    if (revision < this.#compacted) throw new Fault('Expired', message);
  }

  /** Pages of one walk ask for the same revision again: the latest few are kept and only brought up to date. */
  #remember(revision: number, past: Past): void {
    this.#pasts.delete(revision);
    this.#pasts.set(revision, past);
    const [oldest] = this.#pasts.keys();
    if (this.#pasts.size > maxPasts && oldest !== undefined) this.#pasts.delete(oldest);
  }
}

/** A key, and its entry at some earlier revision; undefined where it had none. */
export interface Then {
  readonly key: string;
  readonly entry: Entry | undefined;
}

interface Past {
  reached: number;
  readonly changed: Sorted<Then>;
}

const maxPasts = 16;

/** What would be gone without the change: the value that it replaced, since its own is there still, or the next change's to count. */
const toSize = ({ key, value, deleted, previous }: Change): number => {
  const replaced = previous === undefined ? 0 : previous.value.byteLength + entrySize;
  const last = deleted && value !== previous?.value ? value.byteLength : 0;
  return changeSize + key.length + replaced + last;
};

/** What V8 and the allocator take for the objects around a value, and around a change: bytes, as heap snapshots show them. */
const entrySize = 350;
const changeSize = 100;
