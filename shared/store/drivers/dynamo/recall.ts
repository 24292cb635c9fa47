import { compareKeys } from '../../order.ts';
import type { Entry, Page } from '../../store.ts';
import type { Changes } from './changes.ts';
import type { Freshness } from './freshness.ts';
import type { Journal } from './journal.ts';
import type { Reader } from './reader.ts';
import { type Stored, toStored } from './rows.ts';

/** What `Recall` works with, of one type. */
export interface RecallParts {
  readonly journal: Journal;
  readonly reader: Reader;
  readonly changes: Changes;
  readonly freshness: Freshness;
  /** How much to keep, in bytes. */
  readonly limit: number;
}

/**
 * Answers reads of one type from memory. What was asked once is kept as a question with its keys, and each row of the log that
 * this process reads keeps it true; what nobody asked is not kept. Before an answer the log is read up to its end, so that
 * every write that was acknowledged before is seen; while it cannot be, the table is asked. What was not asked for longest goes
 * when there is no room.
 */
export class Recall {
  readonly #parts: RecallParts;
  readonly #questions = new Map<string, Question>();
  readonly #prefixes = new Set<Question>();
  readonly #held = new Map<string, Held>();
  #bytes = 0;

  constructor(parts: RecallParts) {
    this.#parts = parts;
    parts.journal.witness = { see: row => this.#see(row.key, toStored(row)), lose: () => this.#forget() };
    parts.reader.onStored = (key, stored) => this.#see(key, stored);
  }

  async get(key: string): Promise<Entry | undefined> {
    const { reader } = this.#parts;
    return this.#ask(
      { id: `=${key}`, isAbout: () => true },
      () => reader.entry(key, this.#held.get(key)?.stored),
      () => reader.get(key),
    );
  }

  async find(term: string): Promise<string[]> {
    return this.#ask(
      toSearch(term),
      async keys => keys,
      () => this.#parts.reader.find(term),
    );
  }

  async findEntries(term: string): Promise<Entry[]> {
    const { reader } = this.#parts;
    return this.#ask(
      toSearch(term),
      async keys => {
        const entries = await Promise.all(keys.map(key => reader.entry(key, this.#held.get(key)?.stored)));
        return entries.filter(entry => entry !== undefined);
      },
      () => reader.findEntries(term),
    );
  }

  /** All keys that begin with this. */
  async list(prefix: string): Promise<Page> {
    const list = (): Promise<Page> => this.#parts.reader.list({ prefix });
    return this.#ask(
      { id: `/${prefix}`, prefix, isAbout: (key, stored) => stored?.packed !== undefined && key.startsWith(prefix) },
      keys => this.#page(keys) ?? list(),
      list,
    );
  }

  async #ask<T>(asked: Asked, recall: (keys: string[]) => Promise<T>, read: () => Promise<T>): Promise<T> {
    if (!(await this.#parts.freshness.reach())) return read();
    const known = this.#questions.get(asked.id);
    if (known?.isAnswered) {
      this.#questions.delete(asked.id);
      this.#questions.set(asked.id, known);
      return recall([...known.keys].sort(compareKeys));
    }
    if (known !== undefined) return read();
    const question: Question = { ...asked, keys: new Set(), isAnswered: false };
    this.#add(question);
    try {
      // Whatever the reader sees on its way comes to `#see`, and what the log says meanwhile.
      const answer = await read();
      question.isAnswered = true;
      return answer;
    } catch (error) {
      this.#drop(question);
      throw error;
    }
  }

  /** Undefined where an entry is known that the log does not tell of yet: a page is of one revision. */
  #page(keys: readonly string[]): Promise<Page> | undefined {
    const { reader, journal } = this.#parts;
    const revision = journal.head;
    const stored = keys.map(key => [key, this.#held.get(key)?.stored] as const);
    if (stored.some(([, one]) => (one?.revision ?? 0) > revision)) return undefined;
    return Promise.all(stored.map(([key, one]) => reader.entry(key, one))).then(entries => ({
      entries: entries.filter(entry => entry !== undefined),
      revision,
      more: false,
      remaining: 0,
    }));
  }

  /** Takes in what a key holds. A key never goes back, whatever was read late. */
  #see(key: string, stored: Stored | undefined): void {
    const held = this.#held.get(key);
    const isNews = held === undefined || (held.stored?.revision ?? 0) < (stored?.revision ?? 0);
    const now = isNews ? stored : held.stored;
    if (isNews && held !== undefined) {
      this.#bytes += toSize(key, now) - toSize(key, held.stored);
      held.stored = now;
      for (const question of held.questions) if (!question.isAbout(key, now)) this.#detach(question, key, held);
    }
    for (const question of this.#about(key, now)) this.#attach(question, key, now);
    this.#fit();
  }

  /** Questions that a key belongs to. */
  *#about(key: string, stored: Stored | undefined): Generator<Question> {
    const own = this.#questions.get(`=${key}`);
    if (own !== undefined) yield own;
    if (stored?.packed === undefined) return;
    for (const term of stored.terms) {
      const question = this.#questions.get(`#${term}`);
      if (question !== undefined) yield question;
    }
    for (const question of this.#prefixes) if (question.isAbout(key, stored)) yield question;
  }

  #attach(question: Question, key: string, stored: Stored | undefined): void {
    if (question.keys.has(key)) return;
    const held = this.#held.get(key) ?? { stored, questions: new Set() };
    if (held.questions.size === 0) {
      this.#held.set(key, held);
      this.#bytes += toSize(key, stored);
    }
    held.questions.add(question);
    question.keys.add(key);
    this.#bytes += linkBytes;
  }

  #detach(question: Question, key: string, held: Held): void {
    question.keys.delete(key);
    held.questions.delete(question);
    this.#bytes -= linkBytes;
    if (held.questions.size > 0) return;
    this.#held.delete(key);
    this.#bytes -= toSize(key, held.stored);
  }

  #add(question: Question): void {
    if (question.prefix !== undefined) {
      const [oldest] = this.#prefixes;
      if (this.#prefixes.size >= maxPrefixes && oldest !== undefined) this.#drop(oldest);
      this.#prefixes.add(question);
    }
    this.#questions.set(question.id, question);
    this.#bytes += questionBytes + question.id.length;
    this.#fit();
  }

  #drop(question: Question): void {
    if (this.#questions.get(question.id) !== question) return;
    this.#questions.delete(question.id);
    this.#prefixes.delete(question);
    this.#bytes -= questionBytes + question.id.length;
    for (const key of question.keys) {
      const held = this.#held.get(key);
      if (held !== undefined) this.#detach(question, key, held);
    }
  }

  #fit(): void {
    for (const question of this.#questions.values()) {
      if (this.#bytes <= this.#parts.limit) return;
      this.#drop(question);
    }
  }

  #forget(): void {
    this.#questions.clear();
    this.#prefixes.clear();
    this.#held.clear();
    this.#bytes = 0;
  }
}

interface Asked {
  /** `=` and a key, `#` and a term, `/` and a prefix. */
  readonly id: string;
  readonly prefix?: string;
  isAbout(key: string, stored: Stored | undefined): boolean;
}

const toSearch = (term: string): Asked => ({
  id: `#${term}`,
  isAbout: (_, stored) => stored?.packed !== undefined && stored.terms.includes(term),
});

interface Question extends Asked {
  readonly keys: Set<string>;
  /** False while the table is asked. */
  isAnswered: boolean;
}

/** What a key holds, for as long as some question is about it; `stored` is undefined when it never held anything. */
interface Held {
  stored: Stored | undefined;
  readonly questions: Set<Question>;
}

/** Every row of a type is held against each. */
const maxPrefixes = 1_024;

/** What the objects around keys and values take, roughly. */
const questionBytes = 500;
const linkBytes = 100;

const toSize = (key: string, stored: Stored | undefined): number => {
  const packed = stored?.packed;
  const terms = (stored?.terms ?? []).reduce((sum, term) => sum + term.length + 20, 0);
  return 400 + key.length + terms + (packed === undefined || packed.as === 'b' ? 0 : packed.bytes.length);
};
