import { compareKeys } from './order.ts';

/**
 * Which keys carry which index term. A lookup costs as much as it finds. Most terms are of one key alone, and most of the others
 * are of very many: a key alone stands for itself, and a term is kept once however many carry it.
 */
export class Terms {
  readonly #keys = new Map<string, Carriers>();
  readonly #terms = new Map<string, readonly string[]>();

  /** Gives a key its terms in place of its former ones. */
  set(key: string, terms: readonly string[]): void {
    const former = this.#terms.get(key) ?? none;
    if (former.length === terms.length && former.every((term, i) => term === terms[i])) return;
    for (const term of former) this.#remove(term, key);
    if (terms.length === 0) this.#terms.delete(key);
    else
      this.#terms.set(
        key,
        terms.map(term => this.#add(term, key)),
      );
  }

  /** The keys that carry a term, in byte order. */
  find(term: string): string[] {
    const carriers = this.#keys.get(term);
    if (carriers === undefined) return [];
    return carriers.keys === undefined ? [carriers.key] : [...carriers.keys].sort(compareKeys);
  }

  /** The terms that a key carries. */
  of(key: string): readonly string[] {
    return this.#terms.get(key) ?? none;
  }

  /** Answers with the term as it is kept. */
  #add(term: string, key: string): string {
    const carriers = this.#keys.get(term);
    if (carriers === undefined) this.#keys.set(term, { term, key, keys: undefined });
    else if (carriers.keys !== undefined) carriers.keys.add(key);
    else if (carriers.key !== key) carriers.keys = new Set([carriers.key, key]);
    return carriers?.term ?? term;
  }

  #remove(term: string, key: string): void {
    const carriers = this.#keys.get(term);
    if (carriers?.keys === undefined) {
      if (carriers?.key === key) this.#keys.delete(term);
      return;
    }
    carriers.keys.delete(key);
    if (carriers.keys.size === 0) this.#keys.delete(term);
  }
}

interface Carriers {
  readonly term: string;
  /** The first of them. */
  readonly key: string;
  /** All of them, once there were two. */
  keys: Set<string> | undefined;
}

const none: readonly string[] = [];
