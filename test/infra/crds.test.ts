import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { generate } from '../../infra/crds.ts';
import { parseYaml } from '../../shared/base/yaml.ts';
import { definitionCauses } from '../../shared/kube/extend/check.ts';
import type { Definition } from '../../shared/kube/extend/definition.ts';
import { admin, startKinds } from '../resources/setup.ts';

const root = new URL('../../', import.meta.url);
const files = [...generate()];

describe('docs/crds', () => {
  it('is what the declared kinds say', () => {
    expect(readdirSync(new URL('docs/crds', root)).sort()).toEqual(files.map(([path]) => path.slice(10)).sort());
    for (const [path, text] of files) expect(readFileSync(new URL(path, root), 'utf8'), path).toBe(text);
  });

  it.each(files)('%s is right', (_, text) => {
    expect(definitionCauses(parse(text) as Definition)).toEqual([]);
  });

  it.each(files)('%s can be applied to the server that has the kind built in, and changes nothing', async (_, text) => {
    const kinds = await startKinds();
    const type = kinds.catalog.get('apiextensions.k8s.io', 'customresourcedefinitions');
    const before = kinds.catalog.version;
    const made = await kinds.registry.create(type, parseYaml(new TextEncoder().encode(text)) as never, { user: admin });
    expect(made.status).toMatchObject({
      conditions: [
        { type: 'NamesAccepted', status: 'True' },
        { type: 'Established', status: 'True' },
      ],
    });
    expect(kinds.catalog.version).toBe(before);
  });
});
