import { toHex } from '../../../base/bytes.ts';
import { Fault } from '../../../base/fault.ts';
import type { Entry, Outcome } from '../../store.ts';
import type { Counter, Tickets } from './counter.ts';
import type { Draft } from './draft.ts';
import { toActions } from './draft.ts';
import { endSlot } from './endslot.ts';
import { pause } from './insistent.ts';
import type { Journal } from './journal.ts';
import { blockSize } from './names.ts';
import type { Notes } from './notes.ts';
import type { Parts } from './parts.ts';
import type { Reader } from './reader.ts';
import type { Stored } from './rows.ts';
import { fromObject } from './rows.ts';
import type { Action, Item, Reason } from './table.ts';
import { isPassing, TableFault } from './tablefault.ts';
import type { Packed } from './values.ts';
import type { Pending } from './writer.ts';

/** What a group needs beside the table. */
export interface Desk {
  readonly parts: Parts;
  readonly journal: Journal;
  readonly reader: Reader;
  readonly notes: Notes;
  readonly counter: Counter;
  /** Called when something was committed. */
  onCommit(): void;
}

/**
 * Some writes on their way: read what is there, take tickets, one transaction; again with those that lost a race which was not
 * theirs. The rule is: what became of a slot is known before the same write is tried on another one, so nothing is written
 * twice and no write meets itself as a rival.
 */
export class Group {
  readonly #desk: Desk;
  #waiting: readonly Pending[];
  readonly #spilled = new Map<Pending, Packed>();
  /** Tickets that were taken and are not used. */
  #tickets: Tickets = { slots: [], at: 0 };
  #endsBlock = false;

  constructor(desk: Desk, waiting: readonly Pending[]) {
    this.#desk = desk;
    this.#waiting = waiting;
  }

  /** Answers every write, or throws what concerns those that are left. */
  async run(): Promise<void> {
    const { parts } = this.#desk;
    const end = parts.clock.now() + parts.limits.patienceMs;
    try {
      for (let attempt = 0; this.#waiting.length > 0; attempt++) {
        if (attempt > 0) await pause(parts, attempt - 1);
        const fault = await this.#attempt();
        if (fault !== undefined && parts.clock.now() > end) throw fault;
      }
    } finally {
      // Nobody shall wait for slots that will not be used. Where this fails, whoever reads the log ends them.
      await this.#give(this.#tickets.slots).catch(() => {});
    }
  }

  /** What no writer waits for: notes, once for each block of the log, how far it goes. */
  async tidy(): Promise<void> {
    const { journal, parts } = this.#desk;
    if (!this.#endsBlock) return;
    await journal.advance({}).catch(error => {
      parts.log.debug('log not noted', { type: journal.type, error: String(error) });
    });
  }

  /** At most one transaction. A fault says why what is left was not done. */
  async #attempt(): Promise<Fault | undefined> {
    const { parts, notes } = this.#desk;
    const found = await this.#check();
    if (found.length === 0) return undefined;
    const drafts = await this.#assign(found);
    await Promise.all(drafts.map(({ draft }) => notes.add(draft.write, draft.current, draft.slot)));
    // The margin of those who list does not cover a ticket that was held for longer.
    if (parts.clock.now() - this.#tickets.at <= parts.limits.holdMs) return this.#send(drafts);
    await this.#give(this.#tickets.slots);
    return new Fault('ServiceUnavailable', 'The table is too slow now.', { retryAfterSeconds: 1 });
  }

  /** Answers writes that do not find what they expect. Puts large values where they belong. */
  async #check(): Promise<Found[]> {
    const { reader } = this.#desk;
    const [stored, unmet] = await Promise.all([
      reader.current(this.#waiting.map(({ request: { write } }) => write)),
      this.#unmet(),
    ]);
    const found = this.#waiting.map(async (pending, i): Promise<Found | undefined> => {
      const { write } = pending.request;
      const current = stored[i];
      const there = current?.packed === undefined ? 0 : current.revision;
      try {
        const index = unmet.get(pending);
        if (there !== write.expected || ('delete' in write && there === 0)) {
          this.#answer(pending, { ok: false, failed: 'expected', current: await reader.entry(write.key, current) });
        } else if (index !== undefined) this.#answer(pending, { ok: false, failed: 'requires', index });
        else return { pending, current, packed: await this.#spill(pending) };
      } catch (error) {
        this.#refuse(pending, error);
      }
      return undefined;
    });
    return (await Promise.all(found)).filter(each => each !== undefined);
  }

  /** Requirements that do not hold already: the first of each write. The transaction checks all of them again. */
  async #unmet(): Promise<Map<Pending, number>> {
    const { table, names } = this.#desk.parts;
    const required = this.#waiting.flatMap(pending =>
      (pending.request.options?.requires ?? []).map((each, index) => ({ pending, index, ...each })),
    );
    const unmet = new Map<Pending, number>();
    if (required.length === 0) return unmet;
    const keys = new Map(required.map(({ type, key }) => [`${type}\0${key}`, names.object(type, key)]));
    const items = await table.batchGet([...keys.values()]);
    const at = new Map([...keys.keys()].map((id, i) => [id, toRevision(items[i])]));
    for (const { pending, index, type, key, revision } of required.reverse()) {
      if (at.get(`${type}\0${key}`) !== revision) unmet.set(pending, index);
    }
    return unmet;
  }

  async #spill(pending: Pending): Promise<Packed | undefined> {
    const { values, clock } = this.#desk.parts;
    const packed = this.#spilled.get(pending) ?? (pending.packed && (await values.spill(pending.packed, clock.now())));
    if (packed !== undefined) this.#spilled.set(pending, packed);
    return packed;
  }

  /** A slot for each, above the one that its key was written at before. */
  async #assign(found: readonly Found[]): Promise<Drafted[]> {
    const { parts, journal, counter } = this.#desk;
    const highest = Math.max(0, ...found.map(({ current }) => current?.revision ?? 0));
    const isYoung = parts.clock.now() - this.#tickets.at < parts.limits.holdMs / 2;
    await this.#give(isYoung ? this.#tickets.slots.filter(slot => slot <= highest) : this.#tickets.slots);
    if (this.#tickets.slots.length < found.length) {
      await this.#give(this.#tickets.slots);
      this.#tickets = await counter.take(found.length);
    }
    return found.map(({ pending, packed, current }, i) => {
      const slot = this.#tickets.slots[i];
      if (slot === undefined) throw new Error('fewer tickets than writes');
      return { pending, draft: { type: journal.type, write: pending.request.write, packed, current, slot } };
    });
  }

  async #send(drafts: readonly Drafted[]): Promise<Fault | undefined> {
    const { parts } = this.#desk;
    const { random, clock, bell } = parts;
    // It may ring before there is anything: who hears it finds that a ticket was taken, and waits.
    const rung = bell.ring(this.#desk.journal.type);
    const writer = toHex(random.bytes(8));
    const now = clock.now();
    const own = drafts.map(({ draft }) => toActions(parts, draft, now, writer));
    const checks = toChecks(parts, drafts);
    const result = await this.#transact([...own.flat(), ...checks.map(({ action }) => action)], drafts, writer);
    await rung;
    if (result === 'done') await this.#succeed(drafts);
    if (result === 'done' || result instanceof Fault) return result === 'done' ? undefined : result;
    return this.#learn(result, drafts, own, checks);
  }

  /** Faults: it was not done, nor will be. */
  async #transact(
    actions: readonly Action[],
    drafts: readonly Drafted[],
    writer: string,
  ): Promise<'done' | readonly Reason[] | Fault> {
    const { table, random } = this.#desk.parts;
    const token = toHex(random.bytes(16));
    for (let attempt = 0; ; attempt++) {
      try {
        const result = await table.transact(actions, token);
        if (result.ok) return 'done';
        if (attempt === 0) return result.reasons;
      } catch (error) {
        if (!(error instanceof TableFault)) throw error;
        const isSure = attempt === 0 && error.kind !== 'unknown';
        if (isSure && isPassing(error.kind)) return error;
        if (isSure) throw error;
        if (error.kind === 'unknown' && attempt < 2) {
          await pause(this.#desk.parts, attempt);
          continue;
        }
      }
      // An answer was lost. What came since says nothing about the request that it was lost for: that may still arrive.
      return (await this.#isDone(drafts, writer)) ? 'done' : busy();
    }
  }

  /** What became of a transaction whose answer was lost: its first slot knows. It is over now, either way. */
  async #isDone([first]: readonly Drafted[], writer: string): Promise<boolean> {
    const { parts, journal } = this.#desk;
    if (first === undefined) return false;
    const { slot } = first.draft;
    try {
      const row = await endSlot(parts, journal.type, slot);
      this.#use(slot);
      return row.kind !== 'fill' && row.writer === writer;
    } catch (cause) {
      const message = 'The write was sent, and nobody says what became of it. Look before you repeat it.';
      throw new Fault('ServiceUnavailable', message, { retryAfterSeconds: 1, cause });
    }
  }

  /** Why a transaction was cancelled, and what follows for each write. */
  #learn(
    reasons: readonly Reason[],
    drafts: readonly Drafted[],
    own: readonly (readonly Action[])[],
    checks: readonly Check[],
  ): Fault {
    let at = 0;
    const outdated = new Set<Drafted>();
    for (const [i, drafted] of drafts.entries()) {
      const count = own[i]?.length ?? 0;
      const [object, slot, ...blobs] = reasons.slice(at, at + count).map(({ code }) => code);
      at += count;
      if (object === 'condition') outdated.add(drafted);
      // Somebody gave up on us and ended the slot, or swept the blob away.
      if (slot === 'condition') this.#use(drafted.draft.slot);
      if (blobs.includes('condition')) this.#spilled.delete(drafted.pending);
    }
    const failed = checks.filter((_, i) => reasons[at + i]?.code === 'condition').flatMap(({ of }) => of);
    for (const { drafted, index } of failed.sort((a, b) => a.index - b.index)) {
      // What is not as expected is said before what is not as required.
      if (!outdated.has(drafted)) this.#answer(drafted.pending, { ok: false, failed: 'requires', index });
    }
    const isThrottled = reasons.some(({ code }) => code === 'throttled');
    return isThrottled ? new TableFault('throttled', 'The table takes no more requests now.') : busy();
  }

  async #succeed(drafts: readonly Drafted[]): Promise<void> {
    const { parts, journal, notes, onCommit } = this.#desk;
    for (const { draft } of drafts) {
      this.#use(draft.slot);
      this.#endsBlock ||= draft.slot % blockSize === 1;
    }
    await Promise.all(drafts.map(({ draft }) => notes.drop(draft.write, draft.current, draft.slot)));
    for (const { pending, draft } of drafts) {
      const { write, slot: revision } = draft;
      if ('delete' in write) this.#answer(pending, { ok: true, revision });
      else {
        const entry: Entry = Object.freeze({ key: write.key, value: write.value, revision });
        this.#answer(pending, { ok: true, revision, entry: parts.entries.keep(journal.type, entry) });
      }
    }
    onCommit();
  }

  #answer(pending: Pending, outcome: Outcome): void {
    this.#waiting = this.#waiting.filter(other => other !== pending);
    pending.resolve(outcome);
  }

  #refuse(pending: Pending, error: unknown): void {
    this.#waiting = this.#waiting.filter(other => other !== pending);
    pending.reject(error);
  }

  #use(slot: number): void {
    this.#tickets = { ...this.#tickets, slots: this.#tickets.slots.filter(other => other !== slot) };
  }

  async #give(slots: readonly number[]): Promise<void> {
    for (const slot of slots) this.#use(slot);
    await Promise.all(slots.map(slot => endSlot(this.#desk.parts, this.#desk.journal.type, slot)));
  }
}

const toRevision = (item: Item | undefined): number => {
  const stored = item && fromObject(item);
  return stored?.packed === undefined ? 0 : stored.revision;
};

interface Found {
  readonly pending: Pending;
  readonly current: Stored | undefined;
  readonly packed: Packed | undefined;
}

interface Drafted {
  readonly pending: Pending;
  readonly draft: Draft;
}

/** One check for each entry that is required, and whose requirements it is. */
interface Check {
  readonly action: Action;
  readonly of: { readonly drafted: Drafted; readonly index: number }[];
}

const toChecks = ({ names }: Parts, drafts: readonly Drafted[]): Check[] => {
  const checks = new Map<string, Check>();
  for (const drafted of drafts) {
    for (const [index, { type, key, revision }] of (drafted.pending.request.options?.requires ?? []).entries()) {
      const check = names.object(type, key);
      const id = `${check.PK}\0${key}`;
      const known = checks.get(id) ?? { action: { check, condition: isAt(revision) }, of: [] };
      known.of.push({ drafted, index });
      checks.set(id, known);
    }
  }
  return [...checks.values()];
};

const isAt = (revision: number) =>
  revision === 0
    ? ({ any: [{ lacks: 'PK' }, { has: 'd' }] } as const)
    : ({ all: [{ equals: ['r', revision] }, { lacks: 'd' }] } as const);

const busy = (): Fault => new TableFault('conflict', 'Too many writes want the same just now.');
