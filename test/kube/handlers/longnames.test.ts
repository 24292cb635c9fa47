import { beforeAll, describe, expect, it } from 'vitest';
import type { Schema } from '../../../shared/kube/schema/schema.ts';
import { watchCpu } from '../../support/cpu.ts';
import { startKube } from '../../support/kube.ts';
import { testTypes, widgets } from '../../support/widgets.ts';

const base = '/apis/example.com/v1/namespaces/default/widgets';
const apply = 'application/apply-patch+yaml';

/** Objects under names that are free, as many kinds have them. */
const spec: Schema = {
  type: 'object',
  additionalProperties: {
    type: 'object',
    properties: { numbers: { type: 'array', items: { type: 'integer' } } },
    additionalProperties: { type: 'integer' },
  },
};
const closed: Schema = {
  type: 'object',
  additionalProperties: { type: 'object', properties: { n: { type: 'integer' } } },
};
const { prepareCreate: _, ...plain } = widgets;
const free = {
  ...plain,
  schema: { type: 'object' as const, properties: { spec, status: closed } },
  hasStatus: false,
};

const long = 'k'.repeat(500_000);
const many = Array.from({ length: 50_000 }, (_, i) => `a${i}`);
const numbered = Object.fromEntries(many.map(name => [name, 1]));
const head = { apiVersion: 'example.com/v1', kind: 'Widget' };

/** Everything that is wrong with an object is told with the way to it: both are as much as its sender likes. */
describe('a very long name before very much that is wrong', () => {
  let kube: Awaited<ReturnType<typeof startKube>>;
  beforeAll(async () => {
    kube = await startKube({ types: [...testTypes.filter(({ plural }) => plural !== 'widgets'), free] });
  });
  const named = (name: string, rest: object) => JSON.stringify({ ...head, metadata: { name }, ...rest });

  it.each<[string, number, string, string, () => string, string?]>([
    ['fields nobody knows', 201, 'POST', base, () => named('a', { status: { [long]: numbered } })],
    [
      'and they are forbidden',
      400,
      'POST',
      `${base}?fieldValidation=Strict`,
      () => named('b', { status: { [long]: numbered } }),
    ],
    [
      'fields that stand twice',
      201,
      'POST',
      base,
      () =>
        named('c', {}).replace(
          '{',
          () => `{"x":{"${long}":{${many.map(name => `"${name}":1,"${name}":1`).join(',')}}},`,
        ),
    ],
    [
      'one field that stands often',
      201,
      'POST',
      base,
      () => named('d', {}).replace('{', () => `{"x":{"${long}":{${many.map(() => '"a":1').join(',')}}},`),
    ],
    ['values of another type', 422, 'POST', base, () => named('e', { spec: { [long]: { numbers: many } } })],
    [
      'fields that cannot be owned',
      400,
      'PATCH',
      `${base}/f?fieldManager=f`,
      () => named('f', { status: { [long]: numbered } }),
      apply,
    ],
    [
      'fields that somebody owns',
      201,
      'PATCH',
      `${base}/g?fieldManager=f`,
      () => named('g', { spec: { [long]: numbered } }),
      apply,
    ],
    [
      'fields that another wants',
      409,
      'PATCH',
      `${base}/g?fieldManager=h`,
      () => named('g', { spec: { [long]: Object.fromEntries(many.map(name => [name, 2])) } }),
      apply,
    ],
  ])('costs no more than it is long: %s', async (_, code, method, path, body, type) => {
    const text = body();
    const spent = watchCpu();
    const response = await kube.send(method, path, text, type);
    const answer = await response.text();
    expect(response.status).toBe(code);
    expect(answer.length).toBeLessThan(10_000_000);
    // Some tens of milliseconds for what is read; minutes, and all of the memory, when the name is printed with each.
    expect(spent()).toBeLessThan(8_000);
  });
});
