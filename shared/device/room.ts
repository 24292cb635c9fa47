import type { Ports } from '../base/ports.ts';
import type { Controller } from '../eve/controller.ts';
import type { Attested, Verdict } from '../eve/known.ts';
import type { Marks } from '../store/marks.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Escrow } from './escrow.ts';
import type { Fleet, Member } from './fleet.ts';

/** What the device API works with. */
export interface Room {
  readonly fleet: Fleet;
  /** Reads type `configs`, reads and writes type `devices`. */
  readonly store: Store;
  readonly marks: Marks;
  readonly telemetry: Telemetry;
  readonly controller: Controller;
  readonly ports: Ports;
  /** Under which volume keys of devices are kept. */
  readonly escrow: Escrow;
  readonly policy?: Policy;
  readonly limits?: Partial<Limits>;
  /** For SCEP requests in a device's name; without it they are not served. */
  readonly reach?: Reach;
  /** Serves version 1 too, to devices that are known by their client certificates. */
  readonly hasV1?: boolean;
  /** Told of every answer: to which endpoint, with which code. */
  readonly onAnswer?: (endpoint: string, status: number) => void;
  /** Told of every request under a device's own URL that its certificate vouched for. */
  readonly onRequest?: (request: DeviceRequest) => void;
}

/** Asks a server that somebody else named, over HTTP or HTTPS. Follows no redirect. */
export type Reach = (url: URL, options: ReachOptions) => Promise<Response>;

export interface ReachOptions {
  readonly method: 'GET' | 'POST';
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** What a door hands beside the request. */
export interface DeviceEnv {
  /** Of the other end of the connection. */
  readonly remoteAddress?: string;
  /** `certificate`: DER of the certificate whose key TLS has verified that the other end has. */
  readonly peer?: { readonly certificate?: Uint8Array };
}

export interface DeviceRequest {
  readonly uuid: string;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly address?: string;
  /** `X-Forwarded-For`, as it came. */
  readonly forwarded?: string;
}

/** What an operator may demand beyond the protocol. Everything is accepted by default. */
export interface Policy {
  /** What is made of what a device attests, asked after all that can be checked was found right. */
  judge?(member: Member, attested: Attested): Judgement | Promise<Judgement>;
  /** Whether the device gets its config only with the token of an accepted quote (else 403). */
  requiresToken?(member: Member): boolean | Promise<boolean>;
  /** What certificates wait for that the device told once and now tells differently; undefined: they may be replaced. */
  pinsCertificates?(member: Member): string | undefined | Promise<string | undefined>;
}

export type Judgement = Pick<Verdict, 'accepted' | 'reason' | 'message' | 'policy'>;

export interface Limits {
  /** Any body. Reports of devices stay far below; hardware inventories are the largest. */
  readonly bodyBytes: number;
  /** Bodies of what is asked without being known: two certificates and a signature. */
  readonly registerBytes: number;
}

export const defaultLimits: Limits = { bodyBytes: 10 * 1024 * 1024, registerBytes: 64 * 1024 };

/** One endpoint. */
export type Endpoint = (request: Request, params: Params) => Promise<Response>;

export interface Params {
  /** From the URL. */
  readonly uuid?: string;
  readonly app?: string;
  /** DER of the certificate that the connection was opened with. */
  readonly certificate?: Uint8Array;
}
