import { describe, expect, it } from 'vitest';
import { isFault } from '../../../shared/base/fault.ts';
import { toBody } from '../../../shared/kube/wire/body.ts';
import { negotiate, negotiateError, offers, toBodyFormat } from '../../../shared/kube/wire/negotiate.ts';

const request = (accept?: string, query = '', headers: Record<string, string> = {}) =>
  new Request(`https://localhost/x${query}`, { headers: { ...headers, ...(accept !== undefined && { accept }) } });

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const protobuf = 'application/vnd.kubernetes.protobuf';

const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (isFault(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return '';
};

describe('negotiate', () => {
  it.each<[string | undefined, keyof typeof offers, object]>([
    [undefined, 'object', { format: 'json', pretty: false }],
    ['', 'object', { format: 'json', pretty: false }],
    ['*/*', 'object', { format: 'json', pretty: false }],
    ['application/*', 'object', { format: 'json', pretty: false }],
    ['APPLICATION/JSON', 'object', { format: 'json', pretty: false }],
    ['application/yaml', 'object', { format: 'yaml', pretty: false }],
    ['application/json;q=0.1, application/yaml', 'object', { format: 'yaml', pretty: false }],
    ['application/yaml;q=0, */*', 'object', { format: 'json', pretty: false }],
    [`${protobuf},application/json`, 'object', { format: 'json', pretty: false }],
    ['text/html, application/json;q=0.9', 'object', { format: 'json', pretty: false }],
    ['application/json;pretty=1', 'object', { format: 'json', pretty: true }],
    ['application/json;stream=watch', 'watch', { format: 'json', pretty: false }],
    [
      `${table},application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json`,
      'object',
      { format: 'json', pretty: false, as: { kind: 'Table', version: 'v1' } },
    ],
    ['application/json;as=Table;v=v1beta1;g=meta.k8s.io', 'object', { as: { kind: 'Table', version: 'v1beta1' } }],
    [`${table},application/json`, 'plain', { format: 'json', pretty: false }],
    [partial, 'object', { as: { kind: 'PartialObjectMetadata', version: 'v1' } }],
    // Whether there is a list is not known yet.
    [`${partial},application/json`, 'object', { as: { kind: 'PartialObjectMetadata' } }],
    [
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'object',
      { as: { kind: 'PartialObjectMetadataList' } },
    ],
    ['application/yaml,application/json', 'watch', { format: 'json', pretty: false }],
  ])('%s on %s', (accept, offer, expected) => {
    expect(negotiate(request(accept), offers[offer])).toMatchObject(expected);
  });

  it.each<[string, keyof typeof offers]>([
    [protobuf, 'object'],
    ['text/html', 'object'],
    [table, 'plain'],
    ['application/json;as=Table;v=v1;g=other.io', 'object'],
    ['application/json;as=Table', 'object'],
    ['application/json;as=Chart;v=v1;g=meta.k8s.io', 'object'],
    ['application/json;stream=other', 'watch'],
    ['application/json;q=0', 'object'],
    ['nonsense', 'object'],
  ])('refuses %s on %s', (accept, offer) => {
    expect(messageOf(() => negotiate(request(accept), offers[offer]))).toBe(
      `406 only the following media types are accepted: application/json${offer === 'watch' ? '' : ', application/yaml'}`,
    );
  });

  it('refuses YAML for watches', () => {
    expect(messageOf(() => negotiate(request('application/yaml'), offers.watch))).toContain('406');
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['?pretty=true', {}, true],
    ['?pretty=1', {}, true],
    ['?pretty=false', { 'user-agent': 'curl/8' }, false],
    ['', { 'user-agent': 'curl/8' }, true],
    ['', { 'user-agent': 'Mozilla/5.0 (X)' }, true],
    ['', { 'user-agent': 'kubectl/v1.33' }, false],
  ])('indents for %s %o: %s', (query, headers, pretty) => {
    expect(negotiate(request(undefined, query, headers)).pretty).toBe(pretty);
  });

  it('never transforms errors and always answers them', () => {
    expect(negotiateError(request(table))).toEqual({ format: 'json', pretty: false });
    expect(negotiateError(request('text/html'))).toEqual({ format: 'json', pretty: false });
    expect(negotiateError(request('application/yaml'))).toEqual({ format: 'yaml', pretty: false });
  });
});

describe('toBodyFormat', () => {
  it.each<[string | null, string]>([
    [null, 'json'],
    ['', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['Application/YAML', 'yaml'],
    [protobuf, 'protobuf'],
  ])('%s', (header, format) => {
    expect(toBodyFormat(header, ['json', 'yaml', 'protobuf'])).toBe(format);
  });

  it('refuses others with what it takes', () => {
    expect(messageOf(() => toBodyFormat('text/plain', ['json', 'yaml']))).toBe(
      '415 the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    );
    expect(messageOf(() => toBodyFormat(protobuf, ['json', 'yaml']))).toContain('415');
  });
});

describe('toBody', () => {
  it('prints in the format negotiated', () => {
    const value = { kind: 'A', big: 9007199254740993n, yes: 'y' };
    expect(toBody(value, { format: 'json', pretty: false })).toEqual({
      text: '{"kind":"A","big":9007199254740993,"yes":"y"}\n',
      contentType: 'application/json',
    });
    expect(toBody({ a: [1] }, { format: 'json', pretty: true }).text).toBe('{\n  "a": [\n    1\n  ]\n}\n');
    expect(toBody(value, { format: 'yaml', pretty: false })).toEqual({
      text: 'big: 9007199254740993\nkind: A\n"yes": "y"\n',
      contentType: 'application/yaml',
    });
  });
});
