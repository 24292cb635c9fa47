import { Buffer } from 'node:buffer';

/** An answer as the platform takes it from a function that gives it all at once, in both formats of events. */
export interface HttpResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** What comes before the body of an answer that streams. */
export interface Prelude {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads the whole answer. Bytes travel as base64: what devices are told is no text. */
export const toResult = async (response: Response): Promise<HttpResult> => {
  const body = Buffer.from(await response.arrayBuffer());
  const { statusCode, headers } = toPrelude(response);
  const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
  return { statusCode, headers, multiValueHeaders, body: body.toString('base64'), isBase64Encoded: true };
};

/** Values of one name come as one, joined by commas: nothing here sets cookies, for which that would be wrong. */
export const toPrelude = (response: Response): Prelude => ({
  statusCode: response.status,
  headers: Object.fromEntries(response.headers),
});
