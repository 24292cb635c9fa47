import type { ApiObject, JsonMap } from '../base/object.ts';
import type { Ports } from '../base/ports.ts';
import type { Fleet } from '../device/fleet.ts';
import type { Leave } from '../kube/access/fairness.ts';
import type { Registry } from '../kube/registry/registry.ts';
import type { VisitParts } from '../kube/visit.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Caller } from './caller.ts';

/** What Adam's API works with. */
export interface AdamRoom {
  readonly registry: Registry;
  /** Type `devices`: what is known of a device beside its object. */
  readonly store: Store;
  readonly telemetry: Telemetry;
  readonly fleet: Pick<Fleet, 'byUuid'>;
  /** Who lets callers in, records what they do, and shares the server out among them. */
  readonly guards: VisitParts;
  /** Where devices and onboarding certificates are looked for and put. */
  readonly namespace: string;
  /** The entries of one record (see `stream/app.ts`). */
  decode(kind: string, body: Uint8Array): Promise<readonly JsonMap[]>;
  readonly ports: Ports;
  /** Ends everything that is followed: the process is about to end. */
  readonly signal?: AbortSignal;
}

/** One request, its caller known. Parameters come from the URL, decoded. */
export interface Exchange {
  readonly room: AdamRoom;
  readonly request: Request;
  readonly caller: Caller;
  readonly params: Readonly<Record<string, string>>;
  /** Says that the answer goes on until the call that is returned. Throws TooManyRequests. */
  stay(): Leave;
}

export type Handler = (exchange: Exchange) => Promise<Response>;

/** A Device with its UUID, lower case. */
export interface Found {
  readonly uuid: string;
  readonly device: ApiObject;
  readonly name: string;
}
