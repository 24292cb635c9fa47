/**
 * Asks an HTTPS URL for something, following no redirection. `caPem` is whom the server's certificate must chain to; absent:
 * whom the system trusts. Rejects when there is no answer in time, or one of more than `maxBytes`.
 */
export type Get = (
  url: string,
  options: {
    readonly caPem?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
    readonly maxBytes: number;
  },
) => Promise<{ readonly status: number; readonly body: Uint8Array }>;
