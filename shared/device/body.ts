import { Fault } from '../base/fault.ts';

/** The whole body; throws `Fault('RequestEntityTooLarge')` before it has read more than `limit` bytes. */
export const readBody = async (request: Request, limit: number): Promise<Uint8Array> => {
  const declared = request.headers.get('content-length');
  if (declared !== null) {
    if (!/^\d{1,15}$/.test(declared)) throw new Fault('BadRequest', 'not a length');
    if (Number(declared) > limit) throw tooLarge();
    // The runtime delivers no more than was declared.
    return new Uint8Array(await request.arrayBuffer());
  }
  return readChunks(request, limit);
};

const readChunks = async (request: Request, limit: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > limit) throw tooLarge();
    chunks.push(chunk);
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
};

const tooLarge = () => new Fault('RequestEntityTooLarge', 'the body is too large');
