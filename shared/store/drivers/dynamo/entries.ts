import type { Entry } from '../../store.ts';

/** The latest entries that were read or written, so that what has not changed stays the same instance. Bounded in bytes. */
export class Entries {
  readonly #limit: number;
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(type: string, key: string, revision: number): Entry | undefined {
    const entry = this.#entries.get(toId(type, key));
    return entry?.revision === revision ? entry : undefined;
  }

  /** Keeps an entry unless a later one is known. Gives back the instance to use. */
  keep(type: string, entry: Entry): Entry {
    const id = toId(type, entry.key);
    const known = this.#entries.get(id);
    if (known?.revision === entry.revision) return known;
    if (known !== undefined) {
      if (known.revision > entry.revision) return entry;
      this.#drop(id, known);
    }
    if (toSize(entry) > this.#limit / 4) return entry;
    this.#entries.set(id, entry);
    this.#bytes += toSize(entry);
    for (const [oldest, other] of this.#entries) {
      if (this.#bytes <= this.#limit) break;
      this.#drop(oldest, other);
    }
    return entry;
  }

  #drop(id: string, entry: Entry): void {
    this.#entries.delete(id);
    this.#bytes -= toSize(entry);
  }
}

const toId = (type: string, key: string): string => `${type}\0${key}`;

const toSize = (entry: Entry): number => entry.value.byteLength + entry.key.length + 200;
