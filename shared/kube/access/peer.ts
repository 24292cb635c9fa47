/** The other end of a TLS connection, as the door saw it. */
export interface Peer {
  /** DER of the client certificate; absent when none was shown. */
  readonly certificate?: Uint8Array;
  /** True when TLS verified the certificate's chain against the client CA. */
  readonly verified: boolean;
}

/** What a door hands to the apps beside the request: `app.fetch(request, env)`. */
export interface PeerEnv {
  readonly peer?: Peer;
  readonly remoteAddress?: string;
  /** For how many milliseconds an answer may go on; absent: for as long as is asked. */
  readonly leftMs?: number;
}
