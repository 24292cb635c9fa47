/** What the rooms may not reach for themselves. A door hands these in; tests hand in their own. */

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export interface Random {
  bytes(length: number): Uint8Array;
  /** A version 4 UUID, lower case. */
  uuid(): string;
}

/** Structured log. Fields never hold secrets, tokens, bodies or key material. */
export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}
