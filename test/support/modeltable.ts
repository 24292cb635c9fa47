import { isDeepStrictEqual } from 'node:util';
import type {
  Action,
  Condition,
  Item,
  Key,
  Query,
  Reason,
  Rows,
  Table,
  Transacted,
  Update,
  Value,
  Written,
} from '../../shared/store/drivers/dynamo/table.ts';
import { TableFault } from '../../shared/store/drivers/dynamo/tablefault.ts';
import { compareKeys } from '../../shared/store/order.ts';

/** What may go wrong; all chances are between 0 and 1 for each request, all times in milliseconds. Default: nothing. */
export interface Weather {
  delay?(ms: number): Promise<void>;
  random?(): number;
  /** How long a request takes; a transaction takes three times as long. */
  readonly latency?: number;
  readonly throttled?: number;
  /** The answer is lost: of a write that was done, that never arrived, or that is done up to `late` later. */
  readonly lost?: number;
  readonly late?: number;
  /** The items of a transaction become visible one by one within this time. */
  readonly tear?: number;
}

/** Rules of DynamoDB that the model breaks on wish, so that tests can be seen to notice. */
export interface Mutations {
  /** Puts that ask for an absent item overwrite a present one whose attributes satisfy this. */
  overwrites?(item: Item): boolean;
  /** Items that are gone as soon as they are written. */
  forgets?(item: Item): boolean;
}

/** A table in memory that behaves as DynamoDB's documentation says, bad weather included. */
export class ModelTable {
  readonly #partitions = new Map<string, Map<string, Item>>();
  readonly #locks = new Set<string>();
  readonly #tokens = new Map<string, { readonly actions: readonly Action[]; isDone: boolean }>();
  readonly #weather: Required<Weather>;
  readonly #mutations: Mutations;

  constructor(weather: Weather = {}, mutations: Mutations = {}) {
    const fair = { delay: async () => {}, random: () => 0.5, latency: 0, throttled: 0, lost: 0, late: 0, tear: 0 };
    this.#weather = { ...fair, ...weather };
    this.#mutations = mutations;
  }

  /** A client of its own. After `cut` nothing gets out any more, and no answer gets in. */
  connect(): Table & { cut(): void; isCut(): boolean } {
    let isCut = false;
    const through = async <T>(request: () => Promise<T>): Promise<T> => {
      const mustReach = (): void => {
        if (isCut) throw new TableFault('unreachable', 'The table cannot be reached.');
      };
      mustReach();
      const answer = await request();
      mustReach();
      return answer;
    };
    const single = (operation: () => Written): Promise<Written> => through(() => this.#write(async () => operation()));
    return {
      cut: () => {
        isCut = true;
      },
      isCut: () => isCut,
      close() {},
      get: key => through(() => this.#read(() => this.#get(key))),
      batchGet: keys => through(() => this.#read(() => this.#batchGet(keys))),
      query: query => through(() => this.#read(() => this.#query(query))),
      put: (item, condition) => single(() => this.#single({ put: item, ...(condition && { condition }) })),
      update: (key, change, condition) =>
        single(() => this.#single({ update: key, change, ...(condition && { condition }) })),
      delete: (key, condition) => single(() => this.#single({ delete: key, ...(condition && { condition }) })),
      batchDelete: keys =>
        through(() =>
          this.#write(async () => {
            for (const key of keys) this.#single({ delete: key });
          }),
        ),
      transactGet: keys => through(() => this.#read(() => this.#transactGet(keys))),
      transact: (actions, token) => through(() => this.#write(() => this.#transact(structuredClone(actions), token))),
    };
  }

  /** Everything there is, for an oracle to look at. */
  items(): Item[] {
    return [...this.#partitions.values()].flatMap(partition => [...partition.values()]);
  }

  async #read<T>(operation: () => T): Promise<T> {
    await this.#travel();
    this.#maybeThrottle();
    const answer = structuredClone(operation());
    await this.#travel();
    if (this.#chance(this.#weather.lost / 4)) throw lost();
    return answer;
  }

  async #write<T>(operation: () => Promise<T>): Promise<T> {
    const { lost: chance, late, random, delay } = this.#weather;
    await this.#travel();
    this.#maybeThrottle();
    if (this.#chance(chance)) {
      const fate = random();
      if (fate < 0.4) await operation();
      else if (fate < 0.7)
        void delay(random() * late)
          .then(operation)
          .catch(() => {});
      throw lost();
    }
    const answer = structuredClone(await operation());
    await this.#travel();
    return answer;
  }

  #get(key: Key): Item | undefined {
    mustBeKey(key);
    return this.#partitions.get(key.PK)?.get(key.SK);
  }

  #batchGet(keys: readonly Key[]): (Item | undefined)[] {
    if (new Set(keys.map(toId)).size < keys.length) throw unfit('a key twice in one request');
    return keys.map(key => this.#get(key));
  }

  #transactGet(keys: readonly Key[]): (Item | undefined)[] {
    if (keys.length === 0 || keys.length > 100) throw unfit(`${keys.length} items`);
    if (keys.some(key => this.#locks.has(toId(key)))) throw new TableFault('conflict', 'A write has one of the items.');
    return this.#batchGet(keys);
  }

  #query({ PK, prefix = '', between, after, limit, isDescending }: Query): Rows {
    if (prefix && between) throw unfit('both a prefix and a range');
    const isWithin = (key: string): boolean =>
      key.startsWith(prefix) &&
      (between === undefined || (compareKeys(key, between[0]) >= 0 && compareKeys(key, between[1]) <= 0));
    if (after === '' || (after !== undefined && !isWithin(after))) throw unfit('the starting key is outside the range');
    const keys = [...(this.#partitions.get(PK)?.keys() ?? [])].filter(isWithin).sort(compareKeys);
    if (isDescending) keys.reverse();
    const order = isDescending ? -1 : 1;
    const left = after === undefined ? keys : keys.filter(key => order * compareKeys(key, after) > 0);
    const items: Item[] = [];
    let size = 0;
    for (const key of left) {
      const item = this.#get({ PK, SK: key });
      if (item === undefined) continue;
      items.push(item);
      size += toSize(item);
      if (items.length === limit || size > 1 << 20) return { items, next: key };
    }
    return { items, next: undefined };
  }

  #single(action: Action): Written {
    const key = keyOf(action);
    mustFit(action, this.#get(key));
    if (this.#locks.has(toId(key))) throw new TableFault('conflict', 'Another write has the item just now.');
    const current = this.#get(key);
    if (!this.#allows(action, current)) return { ok: false, current };
    this.#apply(action);
    const item = 'update' in action ? this.#get(key) : undefined;
    return { ok: true, ...(item && { item }) };
  }

  async #transact(actions: readonly Action[], token: string): Promise<Transacted> {
    const known = this.#tokens.get(token);
    if (known !== undefined && !isDeepStrictEqual(known.actions, actions)) throw unfit('a token with other actions');
    if (known?.isDone) return { ok: true };
    if (known !== undefined) throw lost(); // still in progress
    mustFitTogether(actions, action => this.#get(keyOf(action)));
    const { delay, latency, tear, random } = this.#weather;
    const ids = actions.map(action => toId(keyOf(action)));
    const reasons = actions.map((action, i): Reason => {
      const current = this.#get(keyOf(action));
      if (this.#locks.has(ids[i] ?? '')) return { code: 'conflict' };
      return this.#allows(action, current) ? { code: 'none' } : { code: 'condition', current };
    });
    if (reasons.some(({ code }) => code !== 'none')) return { ok: false, reasons };
    const mine = { actions, isDone: false };
    this.#tokens.set(token, mine);
    for (const id of ids) this.#locks.add(id);
    if (latency > 0) await delay(latency * random() * 2);
    const show = async (action: Action, id: string): Promise<void> => {
      if (tear > 0) await delay(random() < 0.1 ? random() * tear : (random() * tear) / 20);
      this.#apply(action);
      this.#locks.delete(id);
    };
    if (tear > 0) await Promise.all(actions.map((action, i) => show(action, ids[i] ?? '')));
    else for (const [i, action] of actions.entries()) void show(action, ids[i] ?? '');
    mine.isDone = true;
    return { ok: true };
  }

  #allows(action: Action, current: Item | undefined): boolean {
    const { condition } = action;
    if (condition === undefined || holds(condition, current)) return true;
    return 'put' in action && current !== undefined && this.#mutations.overwrites?.(current) === true;
  }

  #apply(action: Action): void {
    if ('check' in action) return;
    const { PK, SK } = keyOf(action);
    const partition = this.#partitions.get(PK) ?? new Map<string, Item>();
    this.#partitions.set(PK, partition);
    if ('delete' in action) partition.delete(SK);
    else {
      const item = 'put' in action ? action.put : change(partition.get(SK) ?? { PK, SK }, action.change);
      if (this.#mutations.forgets?.(item)) partition.delete(SK);
      else partition.set(SK, structuredClone(item));
    }
    if (partition.size === 0) this.#partitions.delete(PK);
  }

  async #travel(): Promise<void> {
    const { latency, random, delay } = this.#weather;
    if (latency > 0) await delay((latency / 2) * (0.6 + 0.8 * random()) * (random() < 0.01 ? 6 : 1));
  }

  #maybeThrottle(): void {
    if (this.#chance(this.#weather.throttled))
      throw new TableFault('throttled', 'The table takes no more requests now.');
  }

  #chance(chance: number): boolean {
    return chance > 0 && this.#weather.random() < chance;
  }
}

const holds = (condition: Condition, item: Item | undefined): boolean => {
  if ('has' in condition) return item?.[condition.has] !== undefined;
  if ('lacks' in condition) return item?.[condition.lacks] === undefined;
  if ('equals' in condition) return isDeepStrictEqual(item?.[condition.equals[0]], condition.equals[1]);
  if ('below' in condition) {
    const value = item?.[condition.below[0]];
    return typeof value === 'number' && value < condition.below[1];
  }
  return 'all' in condition
    ? condition.all.every(part => holds(part, item))
    : condition.any.some(part => holds(part, item));
};

const change = (former: Key, { set = {}, add = {}, remove = [] }: Update): Item => {
  const item: Item = { ...former };
  const changed: Record<string, Value | undefined> = { ...item, ...set };
  for (const [name, amount] of Object.entries(add)) {
    const value = item[name] ?? 0;
    if (typeof value !== 'number') throw unfit(`${name} is no number`);
    changed[name] = value + amount;
  }
  for (const name of remove) delete changed[name];
  return { ...changed, PK: item.PK, SK: item.SK };
};

const keyOf = (action: Action): Key =>
  'put' in action ? action.put : 'update' in action ? action.update : 'delete' in action ? action.delete : action.check;

const toId = ({ PK, SK }: Key): string => `${PK}\0${SK}`;

const mustBeKey = ({ PK, SK }: Key): void => {
  if (PK === '' || SK === '') throw unfit('an empty key');
  if (Buffer.byteLength(PK) > 2048) throw unfit('a partition key of more than 2048 bytes');
  if (Buffer.byteLength(SK) > 1024) throw unfit('a sort key of more than 1024 bytes');
};

const mustFit = (action: Action, current: Item | undefined): void => {
  mustBeKey(keyOf(action));
  const after =
    'put' in action ? action.put : 'update' in action ? change(current ?? action.update, action.change) : undefined;
  if (after !== undefined && toSize(after) > 400 << 10) throw unfit('an item of more than 400 KB');
};

const mustFitTogether = (actions: readonly Action[], read: (action: Action) => Item | undefined): void => {
  if (actions.length === 0 || actions.length > 100) throw unfit(`${actions.length} actions`);
  if (new Set(actions.map(action => toId(keyOf(action)))).size < actions.length) throw unfit('two actions on one item');
  let size = 0;
  for (const action of actions) {
    mustFit(action, read(action));
    size += 'put' in action ? toSize(action.put) : 0;
  }
  if (size > 4 << 20) throw unfit('a transaction of more than 4 MB');
};

const toSize = (item: Item): number => {
  let size = 0;
  for (const [name, value] of Object.entries(item)) {
    size += Buffer.byteLength(name);
    if (typeof value === 'string') size += Buffer.byteLength(value);
    else if (value instanceof Uint8Array) size += value.byteLength;
    else if (typeof value === 'number') size += 8;
    else for (const text of value ?? []) size += Buffer.byteLength(text) + 1;
  }
  return size;
};

const lost = (): TableFault => new TableFault('unknown', 'The table did not answer.');
const unfit = (why: string): TableFault => new TableFault('unfit', `The table refuses a request (${why}).`);
