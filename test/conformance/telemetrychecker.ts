import { expect } from 'vitest';
import { isFault } from '../../shared/base/fault.ts';
import type { StoredRecord, Telemetry, TelemetryQuery } from '../../shared/telemetry/telemetry.ts';

/** One of several processes that have the same telemetry open. */
export interface TelemetryProcess {
  readonly telemetry: Telemetry;
  /** As `kill -9` would: nothing that it asked for is answered any more. */
  kill(): void;
}

export interface CheckedTelemetry {
  open(): Promise<TelemetryProcess>;
  random(): number;
  /** Appends of each device, the last aside. */
  readonly appends: number;
}

/**
 * Devices that send to whichever process, followers that come again, readers, merging and killings at once, while hours go
 * by; then an oracle looks at everything that anybody saw. Returns how much happened.
 */
export const checkTelemetry = async (setup: CheckedTelemetry): Promise<{ records: number; kills: number }> => {
  const world = new World(setup);
  await world.start();
  const followers = [{ since: 0 }, { since: 0 }, ...devices.slice(0, 3).map(device => ({ device, since: 0 }))];
  const watching = followers.map(query => world.follow(query));
  const others = [world.read(), world.read(), world.merge(), world.killSome()];
  await Promise.all(devices.map(device => world.send(device)));
  world.end();
  await Promise.all([...watching, ...others]);
  await judge(world, setup);
  return { records: world.acked.length, kills: world.kills };
};

const devices = Array.from({ length: 6 }, (_, i) => `device-${i}`);
const processes = 3;
const origin = Date.UTC(2026, 0, 1, 22);
const kind = 'log';

interface Seen {
  readonly query: TelemetryQuery;
  readonly records: StoredRecord[];
}

class World {
  readonly acked: string[] = [];
  readonly tried = new Set<string>();
  readonly follows: Seen[] = [];
  readonly reads: (Seen & { readonly acked: readonly string[] })[] = [];
  kills = 0;
  readonly #setup: CheckedTelemetry;
  readonly #slots: Slot[] = [];
  #isOver = false;
  #sent = 0;

  constructor(setup: CheckedTelemetry) {
    this.#setup = setup;
  }

  async start(): Promise<void> {
    for (let i = 0; i < processes; i++) this.#slots.push(await this.#openSlot());
  }

  end(): void {
    this.#isOver = true;
  }

  /** Sends one after the other, to any process; what is not acknowledged is not sent again. */
  async send(device: string): Promise<void> {
    for (let i = 0; i <= this.#setup.appends; i++) {
      const text = i === this.#setup.appends ? `${device} end` : `${device} ${i}`;
      for (let attempt = 0; ; attempt++) {
        if (await this.#append(device, `${text} ${attempt}`)) break;
        if (i < this.#setup.appends) break;
      }
      if (this.#chance(0.3)) await sleep(this.#setup.random() * 6);
    }
  }

  async #append(device: string, text: string): Promise<boolean> {
    // Hours go by as records are sent, and clocks differ by up to half an hour.
    const at = origin + this.#sent++ * 60_000 + Math.floor((this.#setup.random() - 0.5) * 3_600_000);
    const slot = this.#pick(this.#slots);
    this.tried.add(text);
    try {
      await slot.alive(slot.telemetry.append(kind, [{ device, at, body: new TextEncoder().encode(text) }]));
    } catch (error) {
      mustBePassing(error);
      return false;
    }
    this.acked.push(text);
    return true;
  }

  /** Follows until each device concerned has come to its end; disconnects now and then and goes on where it was. */
  async follow(query: TelemetryQuery): Promise<void> {
    const seen: Seen = { query, records: [] };
    this.follows.push(seen);
    const left = new Set(query.device === undefined ? devices : [query.device]);
    while (left.size > 0) {
      const slot = this.#pick(this.#slots);
      const after = seen.records.at(-1)?.cursor;
      const stop = new AbortController();
      slot.onKill(() => stop.abort());
      const from = after === undefined ? query : { ...query, after };
      const tail = slot.telemetry.tail(kind, from, stop.signal)[Symbol.asyncIterator]();
      try {
        for (;;) {
          const { value, done } = await slot.alive(tail.next());
          if (done) break;
          seen.records.push(value);
          if (toText(value).startsWith(`${value.device} end`)) left.delete(value.device);
          if (left.size === 0 || this.#chance(0.03)) break;
        }
      } catch (error) {
        mustBePassing(error);
      }
      stop.abort();
      await sleep(this.#setup.random() * 5);
    }
  }

  async read(): Promise<void> {
    while (!this.#isOver) {
      const slot = this.#pick(this.#slots);
      const device = this.#chance(0.5) ? this.#pick(devices) : undefined;
      const query = { ...(device !== undefined && { device }), ...(this.#chance(0.4) && { reverse: true }) };
      const acked = [...this.acked];
      const records: StoredRecord[] = [];
      try {
        await slot.alive(
          (async () => {
            for await (const record of slot.telemetry.read(kind, query)) records.push(record);
          })(),
        );
        this.reads.push({ query, records, acked });
      } catch (error) {
        mustBePassing(error);
      }
      await sleep(20 + this.#setup.random() * 30);
    }
  }

  async merge(): Promise<void> {
    while (!this.#isOver) {
      const slot = this.#pick(this.#slots);
      await slot.alive(slot.telemetry.retain(kind, 0)).catch(mustBePassing);
      await sleep(this.#setup.random() * 60);
    }
  }

  async killSome(): Promise<void> {
    while (!this.#isOver) {
      await sleep(100 + this.#setup.random() * 150);
      const place = Math.floor(this.#setup.random() * this.#slots.length);
      this.#slots[place]?.kill();
      this.kills++;
      this.#slots[place] = await this.#openSlot();
    }
  }

  async #openSlot(): Promise<Slot> {
    return new Slot(await this.#setup.open());
  }

  #pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.#setup.random() * items.length)];
    if (item === undefined) throw new Error('nothing to pick');
    return item;
  }

  #chance(chance: number): boolean {
    return this.#setup.random() < chance;
  }
}

/** A process, and who waits for it. */
class Slot {
  readonly telemetry: Telemetry;
  readonly #process: TelemetryProcess;
  readonly #killed: Promise<never>;
  readonly #listeners: (() => void)[] = [];

  constructor(process: TelemetryProcess) {
    this.telemetry = process.telemetry;
    this.#process = process;
    this.#killed = new Promise((_, reject) => this.#listeners.push(() => reject(new Killed())));
    this.#killed.catch(() => undefined);
  }

  /** What a process answers, unless it dies before. */
  alive<T>(answer: Promise<T>): Promise<T> {
    answer.catch(() => undefined);
    return Promise.race([answer, this.#killed]);
  }

  onKill(act: () => void): void {
    this.#listeners.push(act);
  }

  kill(): void {
    this.#process.kill();
    for (const act of this.#listeners) act();
  }
}

class Killed extends Error {}

const mustBePassing = (error: unknown): void => {
  if (!(error instanceof Killed) && !isFault(error, 'ServiceUnavailable')) throw error;
};

/** Looks at what everybody saw, with what a new process finds as the truth. */
const judge = async (world: World, setup: CheckedTelemetry): Promise<void> => {
  const { telemetry } = await setup.open();
  const truth: StoredRecord[] = [];
  for await (const record of telemetry.read(kind, {})) truth.push(record);
  const texts = truth.map(toText);
  expect(new Set(texts).size, 'nothing is there twice').toBe(texts.length);
  for (const text of texts) expect(world.tried.has(text), `${text} was sent`).toBe(true);
  const there = new Set(texts);
  expect(
    world.acked.filter(text => !there.has(text)),
    'what was acknowledged is there',
  ).toEqual([]);
  for (const device of devices) {
    const isOwn = (text: string): boolean => text.startsWith(`${device} `);
    const acked = world.acked.filter(isOwn);
    const found = texts.filter(text => isOwn(text) && acked.includes(text));
    expect(found, 'a device finds its order').toEqual(acked);
  }
  const slice = ({ query: { device } }: Seen): StoredRecord[] =>
    truth.filter(record => device === undefined || record.device === device);
  for (const seen of world.follows) {
    const expected = slice(seen).slice(0, seen.records.length).map(toLine);
    expect(seen.records.map(toLine), 'who follows misses and repeats nothing').toEqual(expected);
  }
  for (const seen of world.reads) {
    const records = seen.query.reverse ? seen.records.toReversed() : seen.records;
    expect(records.map(toLine), 'a read is a beginning').toEqual(slice(seen).slice(0, records.length).map(toLine));
    const found = new Set(records.map(toText));
    const { device } = seen.query;
    const due = seen.acked.filter(text => device === undefined || text.startsWith(`${device} `));
    expect(
      due.filter(text => !found.has(text)),
      'a read has what was acknowledged before',
    ).toEqual([]);
  }
  await judgeRetention(telemetry, truth);
  await telemetry.close();
};

/** What is dropped are the oldest, and none too young. */
const judgeRetention = async (telemetry: Telemetry, truth: readonly StoredRecord[]): Promise<void> => {
  const middle = truth[truth.length >> 1]?.at ?? 0;
  await telemetry.retain(kind, middle);
  const left: StoredRecord[] = [];
  for await (const record of telemetry.read(kind, {})) left.push(record);
  expect(left.map(toLine)).toEqual(truth.slice(truth.length - left.length).map(toLine));
  const start = middle - (middle % 3_600_000);
  const young = truth.filter(record => record.at >= start);
  expect(left).toEqual(expect.arrayContaining(young));
  expect(left.length).toBeLessThan(truth.length);
};

const toText = ({ body }: StoredRecord): string => new TextDecoder().decode(body);
const toLine = (record: StoredRecord): string => `${record.cursor} ${record.device} ${record.at} ${toText(record)}`;
const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
