/**
 * How many of the things that are wrong with one object are looked for and told: its sender decides how many there are, and
 * each takes a hundred times the memory of what is wrong.
 */
export const maxCauses = 500;

/** How many characters they may have together: the names on the way to what is wrong are the sender's too, of whatever length. */
const maxCauseText = 1024 * 1024;

/** The first causes, as many as one answer tells. */
export const firstCauses = (causes: readonly Cause[]): readonly Cause[] => {
  let left = maxCauseText;
  const end = causes.findIndex(({ message, field = '' }, i) => {
    const isLate = i >= maxCauses || left <= 0;
    left -= message.length + field.length;
    return isLate;
  });
  return end < 0 ? causes : causes.slice(0, end);
};

/**
 * The one error that crosses rooms. Whoever finds something wrong throws a Fault; the two doors translate it, one to a
 * Kubernetes Status, the other to a device's HTTP code. Anything else that is thrown is a bug and answers 500.
 */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly reason: Reason;
  readonly causes: readonly Cause[];
  readonly details: FaultDetails;

  constructor(reason: Reason, message: string, details: FaultDetails & { causes?: readonly Cause[] } = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    const { causes = [], ...rest } = details;
    this.reason = reason;
    this.causes = causes;
    this.details = rest;
  }

  /** The HTTP status that belongs to the reason, unless the details name another; the same on every door. */
  get code(): number {
    return this.details.code ?? codes[this.reason];
  }
}

/** Closed set of reasons, spelled as Kubernetes spells them (kubernetes-api reference §1.18). */
export type Reason = keyof typeof codes;

const codes = {
  BadRequest: 400,
  Unauthorized: 401,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  Conflict: 409,
  AlreadyExists: 409,
  Gone: 410,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  ServerTimeout: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

/** The most general reason to which an HTTP status belongs; undefined: to none. */
export const reasonOfCode = (code: number): Reason | undefined =>
  // These are its keys.
  (Object.keys(codes) as Reason[]).find(reason => codes[reason] === code);

/** One thing that is wrong with one field. `message` is complete without the field's path. */
export interface Cause {
  /** `FieldValueRequired`, `FieldValueInvalid`, … (see `cause` in `base/path.ts`), or another documented cause reason. */
  readonly reason: string;
  readonly message: string;
  /** Path as Kubernetes prints it: `spec.ports[0].name`, `metadata.annotations[a/b]`. */
  readonly field?: string;
}

/** What a Fault says about the object concerned. All optional; they become `Status.details`. */
export interface FaultDetails {
  readonly name?: string;
  readonly group?: string;
  /** The resource's plural for most reasons, the Kind for Invalid. */
  readonly kind?: string;
  readonly uid?: string;
  readonly retryAfterSeconds?: number;
  /** Where Kubernetes answers a reason with a code that is not its own. */
  readonly code?: number;
  /** Said instead of the reason, where somebody else chose it: any word, '' for none. */
  readonly saidReason?: string;
  /** `metadata.continue` of the Status: an inconsistent token to go on with after 410. */
  readonly continue?: string;
  /** What went wrong underneath; logged, never shown to the caller. */
  readonly cause?: unknown;
}

export const isFault = (error: unknown, reason?: Reason): error is Fault =>
  error instanceof Fault && (reason === undefined || error.reason === reason);
