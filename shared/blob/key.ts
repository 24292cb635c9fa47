import { Fault } from '../base/fault.ts';

const segment = '[a-z0-9][a-z0-9._=-]{0,127}';
const key = new RegExp(`^${segment}(?:/${segment}){0,15}$`);
const start = /^[a-z0-9._=/-]{0,2063}$/;

/** Throws BadRequest for what may not be a blob's name: see `Blobs`. */
export const checkKey = (name: string): void => {
  if (name.length > maxLength || !key.test(name))
    throw new Fault('BadRequest', `Not the name of a blob: ${show(name)}.`);
};

/** Throws BadRequest for a prefix that no name can have. */
export const checkPrefix = (prefix: string): void => {
  if (!start.test(prefix)) throw new Fault('BadRequest', `No blob's name begins so: ${show(prefix)}.`);
};

/** What S3 takes, in bytes, with room for a prefix. */
const maxLength = 900;

const show = (name: string): string => JSON.stringify(name.slice(0, 100));
