import type { Journal } from './journal.ts';
import type { ChangeRow } from './rows.ts';

/** What was different at earlier revisions of a type. */
export class Pasts {
  readonly #journal: Journal;
  readonly #pasts = new Map<number, Past>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Throws Expired when the revision is no longer within history. */
  async check(revision: number): Promise<void> {
    await this.#journal.after(revision, 1);
  }

  /** The first change of each key after a revision: it knows what was there at the revision. */
  async changed(revision: number): Promise<ReadonlyMap<string, ChangeRow>> {
    const past = this.#pasts.get(revision) ?? { reached: revision, changed: new Map<string, ChangeRow>() };
    while (past.reached < this.#journal.head) {
      for (const row of await this.#journal.after(past.reached, 500)) {
        if (row.revision <= past.reached) continue;
        if (row.kind !== 'fill' && !past.changed.has(row.key)) past.changed.set(row.key, row);
        past.reached = row.revision;
      }
    }
    this.#remember(revision, past);
    return past.changed;
  }

  /** Pages of one walk ask for the same revision again: the latest few are kept and only brought up to date. */
  #remember(revision: number, past: Past): void {
    this.#pasts.delete(revision);
    this.#pasts.set(revision, past);
    const [oldest] = this.#pasts.keys();
    if (this.#pasts.size > maxPasts && oldest !== undefined) this.#pasts.delete(oldest);
  }
}

interface Past {
  reached: number;
  readonly changed: Map<string, ChangeRow>;
}

const maxPasts = 16;
