import { fromUtf8, sha256, toBase64Url, toHex } from '../../../base/bytes.ts';
import { Fault } from '../../../base/fault.ts';
import type { Key } from './table.ts';

/**
 * Where things lie in the table. `PK` begins with the tenant, so that tenants never meet.
 *
 * | PK                        | SK                    | what                                                         |
 * | ------------------------- | --------------------- | ------------------------------------------------------------ |
 * | `C#<type>`                | `c`                   | ticket counter                                               |
 * | `L#<type>#<slot / 64>`    | slot                  | the log: what happened at a revision, or that nothing did    |
 * | `O#<type>`                | key                   | the present entry, or the tombstone of a deleted one         |
 * | `I#<type>#<term>`         | key                   | which keys may carry an index term                           |
 * | `K`                       | type                  | how far the log is settled and compacted                     |
 * | `W`                       | `w`                   | the bell: how often types were written to, some together     |
 * | `X#<hour>#<shard>`        | time, hash            | what may expire then                                         |
 * | `E`                       | `e`                   | the first hour that may hold something that expires          |
 * | `M#<space>#<shard>`       | key                   | marks                                                        |
 * | `N`                       | space                 | spaces of marks                                              |
 * | `Q#<space>`               | time, writer          | batches of marks that a process gathered                     |
 * | `H#<space>`               | group                 | marks that were folded from batches                          |
 * | `F#<space>`               | `f`                   | up to when                                                   |
 * | `B#<hour>`, `G#<type>`    | blob, slot            | which blobs are in use; which are no more after a compaction |
 */
export class Names {
  readonly #tenant: string;

  constructor(tenant: string) {
    if (!/^[a-z0-9-]{0,63}$/.test(tenant)) {
      throw new Fault('BadRequest', 'A tenant is named by up to 63 of a–z, 0–9 and -.');
    }
    this.#tenant = tenant === '' ? '' : `${tenant}|`;
  }

  counter(type: string): Key {
    return { PK: this.#of('C', toPart(type)), SK: 'c' };
  }

  slot(type: string, revision: number): Key {
    return { PK: this.block(type, revision), SK: toSlot(revision) };
  }

  /** The partition that holds a slot: a new one each 64 spreads the log. */
  block(type: string, revision: number): string {
    return this.#of('L', toPart(type), String(Math.floor(revision / blockSize)));
  }

  objects(type: string): string {
    return this.#of('O', toPart(type));
  }

  object(type: string, key: string): Key {
    return { PK: this.objects(type), SK: key };
  }

  index(type: string, term: string): string {
    const short = term.length <= 300 ? toPart(term) : `%${toBase64Url(sha256(fromUtf8(term)))}`;
    return this.#of('I', toPart(type), short);
  }

  get states(): string {
    return this.#of('K');
  }

  state(type: string): Key {
    return { PK: this.states, SK: type };
  }

  get bell(): Key {
    return { PK: this.#of('W'), SK: 'w' };
  }

  expiries(hour: number, shard: number): string {
    return this.#of('X', String(hour), String(shard));
  }

  /** One for each type, key and instant. `now` decides the hour of what has expired already. */
  expiry(type: string, key: string, expiresAt: number, now: number): Key {
    const hash = sha256(fromUtf8(`${type}\0${key}`));
    const hour = toHour(Math.max(expiresAt, now));
    return {
      PK: this.expiries(hour, (hash[0] ?? 0) % shards),
      SK: `${toSlot(expiresAt)}#${toHex(hash.subarray(1, 13))}`,
    };
  }

  get firstExpiry(): Key {
    return { PK: this.#of('E'), SK: 'e' };
  }

  get firstOrphan(): Key {
    return { PK: this.#of('E'), SK: 'o' };
  }

  marks(space: string, shard: number): string {
    return this.#of('M', toPart(space), String(shard));
  }

  mark(space: string, key: string): Key {
    return { PK: this.marks(space, (sha256(fromUtf8(key))[0] ?? 0) % shards), SK: key };
  }

  get spaces(): string {
    return this.#of('N');
  }

  batches(space: string): string {
    return this.#of('Q', toPart(space));
  }

  groups(space: string): string {
    return this.#of('H', toPart(space));
  }

  group(space: string, group: number): Key {
    return { PK: this.groups(space), SK: String(group).padStart(3, '0') };
  }

  folded(space: string): Key {
    return { PK: this.#of('F', toPart(space)), SK: 'f' };
  }

  /** Blobs that were put in an hour. */
  blobs(hour: number): string {
    return this.#of('B', String(hour));
  }

  /** `name` begins with the hour. */
  blob(name: string): Key {
    return { PK: this.blobs(Number.parseInt(name, 10)), SK: name };
  }

  garbage(type: string, revision: number, index: number): Key {
    return { PK: this.garbageOf(type), SK: `${toSlot(revision)}#${index}` };
  }

  garbageOf(type: string): string {
    return this.#of('G', toPart(type));
  }

  #of(kind: string, ...parts: string[]): string {
    return [this.#tenant + kind, ...parts].join('#');
  }
}

export const blockSize = 64;

/** Partitions for one hour or space; a partition takes 1,000 writes a second. */
export const shards = 8;

export const hourMs = 3_600_000;

export const toHour = (ms: number): number => Math.floor(ms / hourMs);

/** Sixteen digits: text order is number order. */
export const toSlot = (revision: number): string => String(revision).padStart(16, '0');

export const fromSlot = (slot: string): number => Number(slot);

/** Throws BadRequest for what the table's keys cannot hold. */
export const checkLength = (type: string, key: string): void => {
  if (fromUtf8(type).length > 512)
    throw new Fault('BadRequest', 'The name of a type must not be longer than 512 bytes.');
  if (fromUtf8(key).length > 1024) throw new Fault('BadRequest', 'A key must not be longer than 1024 bytes.');
};

const toPart = (text: string): string => text.replaceAll('%', '%25').replaceAll('#', '%23');
