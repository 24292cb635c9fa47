import { Fault } from '../../../base/fault.ts';
import type { Request } from '../../image.ts';
import type { Outcome } from '../../store.ts';
import type { Desk } from './group.ts';
import { Group } from './group.ts';
import type { Packed } from './values.ts';

/** A write that waits for its turn. */
export interface Pending {
  readonly request: Request;
  /** Undefined for a delete that shows what was there. */
  readonly packed: Packed | undefined;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * Writes to one type. What waits while others are on their way goes together: one request for tickets, one transaction. Two
 * writes of this process to one key never race: the second is begun when the first has ended.
 */
export class Writer {
  readonly #desk: Desk;
  #queue: Pending[] = [];
  readonly #busy = new Set<string>();
  readonly #running = new Set<Promise<void>>();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async commit(request: Request): Promise<Outcome> {
    const { write } = request;
    const value = 'delete' in write ? write.last : write.value;
    const packed = value && this.#desk.parts.values.pack(value);
    return new Promise((resolve, reject) => {
      this.#queue.push({ request, packed, resolve, reject });
      // All that comes in one turn goes together.
      queueMicrotask(() => this.#start());
    });
  }

  /** Resolves when nothing is on its way any more. */
  async close(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #start(): void {
    while (this.#running.size < maxGroups) {
      const group = this.#take();
      if (group.length === 0) return;
      const running = this.#run(group).finally(() => {
        this.#running.delete(running);
        this.#start();
      });
      this.#running.add(running);
    }
  }

  async #run(pending: readonly Pending[]): Promise<void> {
    const keys = pending.map(({ request }) => request.write.key);
    for (const key of keys) this.#busy.add(key);
    const group = new Group(this.#desk, pending);
    try {
      await group.run();
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault('InternalError', 'The store failed.', { cause: error });
      for (const { reject } of pending) reject(fault);
    } finally {
      for (const key of keys) this.#busy.delete(key);
    }
    await group.tidy();
  }

  /** Writes that fit into one transaction: no two on one item, not too many, not too large. */
  #take(): Pending[] {
    const group: Pending[] = [];
    const left: Pending[] = [];
    const written = new Set<string>();
    const required = new Map<string, number>();
    let bytes = 0;
    let actions = 0;
    for (const pending of this.#queue) {
      const { type, write, options } = pending.request;
      const id = toId(type, write.key);
      const requires = (options?.requires ?? []).map(each => ({ id: toId(each.type, each.key), ...each }));
      const size = pending.packed === undefined || pending.packed.as === 'b' ? 0 : pending.packed.bytes.length;
      const isApart =
        !this.#busy.has(write.key) &&
        !written.has(id) &&
        !required.has(id) &&
        requires.every(each => !written.has(each.id) && (required.get(each.id) ?? each.revision) === each.revision);
      const weight = (size > largeBytes ? 5 : 3) + requires.length;
      const isFull = group.length > 0 && (actions + weight > maxActions || bytes + size > maxBytes);
      if (!isApart || isFull) {
        left.push(pending);
        continue;
      }
      group.push(pending);
      written.add(id);
      for (const each of requires) required.set(each.id, each.revision);
      bytes += size;
      actions += weight;
    }
    this.#queue = left;
    return group;
  }
}

const toId = (type: string, key: string): string => `${type}\0${key}`;

/** Groups of one type on their way at once. */
const maxGroups = 4;

/**
 * A transaction takes 100 actions and 4 MB. A write is two actions, three when it replaces a blob, five when it is one too;
 * its value may be there three times, compressed.
 */
const maxActions = 100;
const maxBytes = 1_000_000;
const largeBytes = 16_000;
