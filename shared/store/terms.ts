import { compareKeys } from './order.ts';

/** Which keys carry which index term. A lookup costs as much as it finds. */
export class Terms {
  readonly #keys = new Map<string, Set<string>>();
  readonly #terms = new Map<string, readonly string[]>();

  /** Gives a key its terms in place of its former ones. */
  set(key: string, terms: readonly string[]): void {
    const former = this.#terms.get(key) ?? none;
    if (former.length === terms.length && former.every((term, i) => term === terms[i])) return;
    for (const term of former) this.#remove(term, key);
    for (const term of terms) this.#add(term, key);
    if (terms.length === 0) this.#terms.delete(key);
    else this.#terms.set(key, [...terms]);
  }

  /** The keys that carry a term, in byte order. */
  find(term: string): string[] {
    return [...(this.#keys.get(term) ?? none)].sort(compareKeys);
  }

  /** The terms that a key carries. */
  of(key: string): readonly string[] {
    return this.#terms.get(key) ?? none;
  }

  #add(term: string, key: string): void {
    const keys = this.#keys.get(term);
    if (keys === undefined) this.#keys.set(term, new Set([key]));
    else keys.add(key);
  }

  #remove(term: string, key: string): void {
    const keys = this.#keys.get(term);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(term);
  }
}

const none: readonly string[] = [];
