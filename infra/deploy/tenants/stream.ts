import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface Filter {
  readonly eventName: readonly string[];
  readonly dynamodb: {
    readonly Keys: { readonly PK: { readonly S: readonly { readonly prefix: string }[] } };
    readonly NewImage: unknown;
  };
}

/** AWS takes five filters for a stream, each of so many characters. */
const maxFilters = 5;
const maxCharacters = 4_096;

/** `infra/stream.yml` for several tenants, by their names. Throws an Error when they have no room. */
export const toStream = (names: readonly string[]): readonly Filter[] => {
  // Our own file; the test of the template holds its shape.
  const [one] = parse(readFileSync(new URL('../../stream.yml', import.meta.url), 'utf8')) as [Filter];
  const withPrefixes = (S: Filter['dynamodb']['Keys']['PK']['S']): Filter => ({
    ...one,
    dynamodb: { ...one.dynamodb, Keys: { PK: { S } } },
  });
  const filters: Filter[] = [];
  for (const name of names) {
    const own = one.dynamodb.Keys.PK.S.map(({ prefix }) => ({ prefix: prefix.replace(`\${param:tenant}`, name) }));
    const last = filters.pop();
    const both = withPrefixes([...(last?.dynamodb.Keys.PK.S ?? []), ...own]);
    if (JSON.stringify(both).length <= maxCharacters) filters.push(both);
    else filters.push(...(last ? [last] : []), withPrefixes(own));
  }
  if (filters.length > maxFilters)
    throw new Error(
      `the names of ${names.length} tenants have no room in the ${maxFilters} filters of a stream: deploy another stage for some of them`,
    );
  return filters;
};
