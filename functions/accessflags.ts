/** How callers of an installation are known. */
export interface AccessFlags {
  /** CSV file with static bearer tokens. */
  readonly tokenFile?: string;
  /** PEM file with further authorities for client certificates. */
  readonly clientCaFile?: string;
  /** URLs under which ServiceAccount tokens are issued (the first) and accepted (all). */
  readonly serviceAccountIssuer?: readonly string[];
  /** Audiences of this server. */
  readonly apiAudience?: readonly string[];
  /** YAML file with an AuthenticationConfiguration: OpenID Connect issuers, anonymous access. */
  readonly authenticationConfig?: string;
  /** What OpenID Connect issuers may sign with. */
  readonly oidcSigningAlg?: readonly string[];
  /** YAML file that says which AWS identities are which users. */
  readonly awsIamConfig?: string;
}
