import { Changes } from './changes.ts';
import { Counter } from './counter.ts';
import { Follow } from './follow.ts';
import { Journal } from './journal.ts';
import { Notes } from './notes.ts';
import type { Parts } from './parts.ts';
import { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** All that one type needs. Made when the type is first used; asks nothing of the table by itself. */
export class Shelf {
  readonly journal: Journal;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly follow: Follow;

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
  }
}
