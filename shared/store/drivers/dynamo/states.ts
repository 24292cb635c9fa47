import { readPartition } from './partition.ts';
import type { Parts } from './parts.ts';
import { formatAttribute, isKnown, isOurs, mustKnow, toNumber } from './rows.ts';
import type { Item } from './table.ts';

/** What everybody knows of a type's log. */
export interface State {
  /** Every slot up to here holds something for good; `at`: when the last of them was written. */
  readonly resolved: number;
  readonly at: number;
  /** Tickets for later slots were taken after this, give or take what a writer may hold one. */
  readonly since: number;
  /** History up to here is gone. */
  readonly compacted: number;
}

type StatesParts = Pick<Parts, 'table' | 'names' | 'passOver'>;

/** One small item for each type, in one partition: whoever sweeps finds all types there. */
export class States {
  readonly #parts: StatesParts;

  constructor(parts: StatesParts) {
    this.#parts = parts;
  }

  read(item: Item | undefined): State {
    if (item === undefined) return { resolved: 0, at: 0, since: 0, compacted: 0 };
    mustKnow(item);
    return {
      resolved: toNumber(item['resolved'] ?? 0),
      at: toNumber(item['at'] ?? 0),
      since: toNumber(item['since'] ?? item['at'] ?? 0),
      compacted: toNumber(item['compacted'] ?? 0),
    };
  }

  /** Every type that was ever written. Those of another format are refused: whoever wants all cannot do without them. */
  async all(): Promise<string[]> {
    return (await this.#items()).map(item => {
      mustKnow(item);
      return item.SK;
    });
  }

  /** The same without those of another format. */
  async known(): Promise<string[]> {
    const items = await this.#items();
    for (const item of items) if (!isKnown(item)) this.#parts.passOver(`type ${item.SK}`);
    return items.filter(isKnown).map(({ SK }) => SK);
  }

  async #items(): Promise<Item[]> {
    const { table, names, passOver } = this.#parts;
    const items: Item[] = [];
    for await (const item of readPartition(table, { PK: names.states })) {
      const isState = ['resolved', 'compacted'].every(name => typeof (item[name] ?? 0) === 'number');
      if (isState || !isKnown(item)) items.push(item);
      else passOver(`state ${item.SK}`);
    }
    return items;
  }

  /** Makes a type known before its first write. */
  async begin(type: string, now: number): Promise<void> {
    const { table, names } = this.#parts;
    const set = { ...formatAttribute, resolved: 0, at: now, since: now };
    await table.update(names.state(type), { set }, { lacks: 'PK' });
  }

  async resolve(type: string, { resolved, at, since }: Omit<State, 'compacted'>): Promise<State> {
    return this.#raise(type, 'resolved', resolved, { at, since });
  }

  async compact(type: string, compacted: number): Promise<State> {
    return this.#raise(type, 'compacted', compacted, {});
  }

  /** Never lowers: who comes late learns what others have done. */
  async #raise(type: string, name: string, value: number, also: Record<string, number>): Promise<State> {
    const { table, names } = this.#parts;
    const set = { ...formatAttribute, [name]: value, ...also };
    const condition = { all: [isOurs, { any: [{ lacks: name }, { below: [name, value] }] }] } as const;
    const written = await table.update(names.state(type), { set }, condition);
    return this.read(written.ok ? written.item : written.current);
  }
}
