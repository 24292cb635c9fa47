import { Changes } from './changes.ts';
import { Counter } from './counter.ts';
import { Follow } from './follow.ts';
import { Freshness } from './freshness.ts';
import { Journal } from './journal.ts';
import { Notes } from './notes.ts';
import type { Parts } from './parts.ts';
import { Reader } from './reader.ts';
import { Recall } from './recall.ts';
import { Writer } from './writer.ts';

/** All that one type needs. Made when the type is first used; asks nothing of the table by itself. */
export class Shelf {
  readonly journal: Journal;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly follow: Follow;
  readonly #recall: () => Recall;
  #recalled: Recall | undefined;

  constructor(parts: Parts, type: string) {
    const journal = new Journal(parts, type);
    const changes = new Changes(parts, journal);
    const reader = new Reader(parts, journal, changes);
    const follow = new Follow(parts, journal, changes);
    const notes = new Notes(parts, type);
    this.journal = journal;
    this.reader = reader;
    this.follow = follow;
    const counter = new Counter(parts, type);
    this.writer = new Writer({ parts, journal, reader, notes, counter, onCommit: () => follow.nudge() });
    const freshness = new Freshness(parts, journal);
    this.#recall = () => new Recall({ journal, reader, changes, freshness, limit: parts.limits.recallBytes });
  }

  /** Kept from its first use on. */
  get recall(): Recall {
    this.#recalled ??= this.#recall();
    return this.#recalled;
  }
}
