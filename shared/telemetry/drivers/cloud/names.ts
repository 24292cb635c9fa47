import { Fault } from '../../../base/fault.ts';
import type { Key } from '../../../store/drivers/dynamo/table.ts';

/**
 * Where one kind of telemetry lies. `PK` begins with the tenant, as it does for everything else in the table.
 *
 * | PK                | SK    | what                                                              |
 * | ----------------- | ----- | ----------------------------------------------------------------- |
 * | `T#<kind>`        | `c`   | the counter: last ticket, hour now, its first ticket, the floor   |
 * | `T#<kind>#hours`  | hour  | hours that are over: first ticket, and whether they were merged   |
 * | `T#<kind>#<n/64>` | n     | the segment that has ticket n or where it is, or that nothing has |
 * | `T#<kind>#m#<id>` | n     | merged segments of an hour, each for the tickets from n to `to`   |
 *
 * Segments are blobs under `t/<kind>/<hour>/`. An hour is a number of ten digits, yyyymmddhh, UTC.
 */
export class Names {
  readonly #base: string;
  readonly #kind: string;

  constructor(tenant: string, kind: string) {
    if (!/^[a-z0-9-]{0,63}$/.test(tenant)) {
      throw new Fault('BadRequest', 'A tenant is named by up to 63 of a–z, 0–9 and -.');
    }
    this.#base = `${tenant === '' ? '' : `${tenant}|`}T#${kind}`;
    this.#kind = kind;
  }

  get counter(): Key {
    return { PK: this.#base, SK: 'c' };
  }

  get hours(): string {
    return `${this.#base}#hours`;
  }

  hour(hour: number): Key {
    return { PK: this.hours, SK: String(hour) };
  }

  row(ticket: number): Key {
    return { PK: `${this.#base}#${Math.floor(ticket / blockSize)}`, SK: toTicket(ticket) };
  }

  merged(id: string): string {
    return `${this.#base}#m#${id}`;
  }

  /** What the names of all segments begin with. */
  get segments(): string {
    return `t/${this.#kind}/`;
  }

  segment(hour: number, name: string): string {
    return `${this.segments}${hour}/${name}`;
  }
}

/** Sixteen digits. */
export const toTicket = (ticket: number): string => String(ticket).padStart(16, '0');

/** Tickets whose rows share a partition. */
export const blockSize = 64;
