import type { Buffer } from 'node:buffer';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Fault } from '../../base/fault.ts';
import type { TokenMethod } from './bearer.ts';
import type { User } from './user.ts';

/**
 * Static bearer tokens from CSV rows `token,user,uid,"group1,group2"` (kubernetes-api reference §3.1). Only hashes of
 * the tokens are kept. Throws BadRequest with the line number, never with the line, when a row cannot be read; the last
 * row of a token counts.
 */
export const staticTokens = (csv: string): TokenMethod => {
  const users = new Map<string, { readonly hash: Uint8Array; readonly user: User }>();
  for (const { line, fields } of parseCsv(csv)) {
    const [token = '', name = '', uid = '', groups = ''] = fields;
    if (fields.length < 3) throw bad(line, 'needs at least token, user name and uid');
    if (token === '') throw bad(line, 'has an empty token');
    if (name === '') throw bad(line, 'has an empty user name');
    const hash = digest(token);
    users.set(hash.toString('hex'), { hash, user: toUser(name, uid, groups) });
  }
  return async token => {
    // Looking up by hash tells a guesser nothing about the tokens; the comparison is constant-time on top.
    const hash = digest(token);
    const found = users.get(hash.toString('hex'));
    return found && timingSafeEqual(found.hash, hash) ? found.user : undefined;
  };
};

const digest = (token: string): Buffer => createHash('sha256').update(token, 'utf8').digest();

const toUser = (name: string, uid: string, groups: string): User => ({
  name,
  ...(uid === '' ? {} : { uid }),
  groups: groups
    .split(',')
    .map(group => group.trim())
    .filter(group => group !== ''),
});

const bad = (line: number, detail: string): Fault => new Fault('BadRequest', `token file: line ${line} ${detail}`);

/** RFC 4180 with blanks after commas allowed and lines that begin with `#` skipped; a quoted field may hold line ends. */
const parseCsv = (text: string): { line: number; fields: string[] }[] => {
  const rows: { line: number; fields: string[] }[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    if (text[at] === '\n' || text[at] === '\r') {
      if (text[at] === '\n') line += 1;
      at += 1;
      continue;
    }
    if (text[at] === '#') {
      at = endOfLine(text, at);
      continue;
    }
    const row = readRow(text, at, line);
    rows.push({ line, fields: row.fields });
    line += text.slice(at, row.end).split('\n').length - 1;
    at = row.end;
  }
  return rows;
};

const readRow = (text: string, start: number, line: number): { fields: string[]; end: number } => {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    while (text[at] === ' ' || text[at] === '\t') at += 1;
    const field = text[at] === '"' ? readQuoted(text, at, line) : readBare(text, at);
    fields.push(field.value);
    at = field.end;
    if (text[at] !== ',') return { fields, end: at };
    at += 1;
  }
};

const readBare = (text: string, start: number): { value: string; end: number } => {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') end += 1;
  return { value: text.slice(start, end).trim(), end };
};

const readQuoted = (text: string, start: number, line: number): { value: string; end: number } => {
  let value = '';
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw bad(line, 'has a quoted field that does not end');
    value += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== '"') break;
    value += '"';
    at += 1;
  }
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  if (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') {
    throw bad(line, 'has text after a quoted field');
  }
  return { value, end: at };
};

const endOfLine = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};
