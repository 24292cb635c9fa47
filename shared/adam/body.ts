import { fromBase64, fromUtf8, toBase64, toUtf8 } from '../base/bytes.ts';
import { type Certificate, parseCertificate } from '../base/certificate.ts';
import { Fault } from '../base/fault.ts';
import { parseJson } from '../base/json.ts';
import type { Json, JsonMap } from '../base/object.ts';
import { isMap } from '../base/own.ts';
import { readBody } from '../device/body.ts';

/** A JSON object. Throws BadRequest for anything else, RequestEntityTooLarge beyond a mebibyte. */
export const readObject = async (request: Request): Promise<{ text: Uint8Array; object: JsonMap }> => {
  const text = await readBody(request, maxBytes);
  return { text, object: toObject(parseJson(text, { maxDepth })) };
};

/** The same with the type that Adam insists on. */
export const readTypedObject = async (request: Request): Promise<JsonMap> => {
  if (request.headers.get('content-type') !== 'application/json')
    throw new Fault('BadRequest', 'Content-Type must be application/json');
  return (await readObject(request)).object;
};

/** A field, whatever the case of its name: Go reads JSON so. */
export const fieldOf = (object: JsonMap, name: string): Json | undefined => {
  if (Object.hasOwn(object, name)) return object[name];
  const found = Object.keys(object).find(key => key.toLowerCase() === name.toLowerCase());
  return found === undefined ? undefined : object[found];
};

/** A field that is text; '' when it is absent or null. Throws BadRequest for anything else. */
export const textField = (object: JsonMap, name: string): string => {
  const value = fieldOf(object, name) ?? '';
  if (typeof value !== 'string') throw new Fault('BadRequest', `${name} must be a string`);
  return value;
};

/** A field that holds base64 of a PEM certificate; undefined when it is absent, null or empty. Throws BadRequest. */
export const certificateField = (object: JsonMap, name: string): (Certificate & { text: string }) | undefined => {
  const text = textField(object, name);
  if (text === '') return undefined;
  const certificate = parseCertificate(text);
  if (!certificate) throw new Fault('BadRequest', `${name} must be base64 of a certificate in PEM`);
  return { ...certificate, text: toPemText(text, certificate) };
};

/** Base64 of PEM, as Adam tells certificates, of a certificate however it is written. Undefined for what is none. */
export const toPemField = (text: string | undefined): string | undefined => {
  const certificate = text === undefined ? undefined : parseCertificate(text);
  return certificate && text !== undefined ? toPemText(text, certificate) : undefined;
};

const maxBytes = 1024 * 1024;
const maxDepth = 32;

const toObject = (value: Json): JsonMap => {
  if (!isMap(value)) throw new Fault('BadRequest', 'the body must be a JSON object');
  return value as JsonMap; // parsed from JSON
};

/** What already is base64 of PEM stays byte for byte: its reader may compare. */
const toPemText = (text: string, { der }: Certificate): string => {
  const packed = text.replace(/\s/g, '');
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(packed) && looksLikePem(packed)) return packed;
  const lines = toBase64(der).match(/.{1,64}/g) ?? [];
  return toBase64(fromUtf8(`-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`));
};

const looksLikePem = (packed: string): boolean => toUtf8(fromBase64(packed)).includes('-----BEGIN CERTIFICATE-----');
