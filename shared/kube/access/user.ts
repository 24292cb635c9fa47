/** Who is calling, as authentication found out. */
export interface User {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** The controller itself: what its own loops act as. Member of `system:masters`. */
export const controllerUser: User = { name: 'system:kubeve', groups: ['system:masters', 'system:authenticated'] };

/** What is asked of the authorizer: one request, reduced to its attributes. */
export interface Attributes {
  readonly user: User;
  readonly verb: string;
  /** For resource requests. `resource` and `subresource` are plurals and paths as in URLs. */
  readonly resource?: {
    readonly group: string;
    readonly version: string;
    readonly resource: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  /** For every other URL. */
  readonly path?: string;
}

export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

export interface Authorizer {
  authorize(attributes: Attributes): Promise<Decision>;
}
