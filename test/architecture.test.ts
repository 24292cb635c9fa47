import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

interface Import {
  readonly from: string;
  /** A path below `shared/`, or a module's name. */
  readonly of: string;
  readonly typeOnly: boolean;
}

interface File {
  /** `kube/handlers/get.ts` */
  readonly path: string;
  readonly room: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const readFiles = (folder: string): File[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(path => path.endsWith('.ts') && !path.includes('generated'))
    .map(path => {
      const text = readFileSync(join(root, folder, path), 'utf8');
      return { path, room: path.split('/')[0] ?? '', text, imports: readImports(path, text) };
    });

const clause =
  /^(?:import|export)\s+(type\s+)?(\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+(?:\s*,\s*(?:\{[^}]*\}|\*\s+as\s+\w+))?)\s+from\s+'([^']+)'/gm;

const readImports = (path: string, text: string): Import[] =>
  [...text.matchAll(clause)].map(([, type, names = '', module = '']) => {
    const inner = names.startsWith('{')
      ? names
          .slice(1, -1)
          .split(',')
          .map(name => name.trim())
      : [names];
    const typeOnly = type !== undefined || inner.every(name => name === '' || name.startsWith('type '));
    return { from: path, of: module.startsWith('.') ? normalize(join(dirname(path), module)) : module, typeOnly };
  });

/** Prose may speak of anything; code may not. */
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');

const shared = readFiles('shared');

/** Which rooms a room may use: their values, and beyond them their types. */
const rooms: Record<string, { values: string[]; types: string[] }> = {
  base: { values: [], types: [] },
  store: { values: ['base'], types: ['blob'] },
  blob: { values: ['base'], types: [] },
  telemetry: { values: ['base', 'store', 'blob'], types: [] },
  pki: { values: ['base'], types: [] },
  kube: { values: ['base', 'store', 'blob'], types: [] },
  eve: { values: ['base'], types: [] },
  device: { values: ['base', 'store', 'blob', 'telemetry', 'eve'], types: [] },
  // What a kind knows of itself (how its options are spelled, which secrets it names) the composer reads from the kind.
  compose: { values: ['base', 'store', 'blob', 'eve', 'resources', 'kube'], types: ['telemetry'] },
  controllers: { values: ['base', 'store', 'kube', 'resources'], types: ['compose', 'device'] },
  stream: { values: ['base', 'telemetry', 'kube'], types: ['eve'] },
  // A way in over the objects that kube serves and the state that device keeps.
  adam: { values: ['base', 'eve', 'kube', 'device', 'controllers', 'resources'], types: ['store', 'telemetry'] },
  resources: { values: ['base', 'eve', 'kube'], types: ['compose', 'store'] },
};

/** Words that belong to other rooms. */
const strangers: Record<string, RegExp> = {
  base: /\bprocess\.env\b|\bResponse\b/,
  store: /\bmetadata\b|kubectl/,
  telemetry: /\bmetadata\b|kubectl/,
  kube: /\beve\b|EVE|[eE]dge[A-Z]|\bedge|[dD]evice/,
  eve: /\bapiVersion\b|kubectl/,
  device: /\bapiVersion\b|kubectl/,
  compose: /\bnew Response\b|: Response\b/,
  controllers: /\bnew Response\b|: Response\b/,
  resources: /\bnew Response\b|: Response\b|\bprocess\.env\b/,
};

/** A word of another room that means something else where it stands. */
const namesakes = /volumeDevices|devicePath|\$metadata/g;

describe('rooms', () => {
  it('are those of the plan', () => {
    const strange = shared.filter(file => !Object.hasOwn(rooms, file.room)).map(file => file.path);
    expect(strange).toEqual([]);
  });

  it.each(Object.keys(rooms))('%s uses only what it may', room => {
    const { values, types } = rooms[room] ?? { values: [], types: [] };
    const wrong = shared
      .filter(file => file.room === room)
      .flatMap(file => file.imports)
      .filter(({ of }) => /^[a-z]+\//.test(of) && of.endsWith('.ts'))
      .filter(({ of, typeOnly }) => {
        const other = of.split('/')[0] ?? '';
        return other !== room && !values.includes(other) && !(typeOnly && types.includes(other));
      })
      .map(({ from, of }) => `${from} imports ${of}`);
    expect(wrong).toEqual([]);
  });

  it.each(Object.keys(strangers))('%s says only its own words', room => {
    const word = strangers[room] ?? /$^/;
    const wrong = shared
      .filter(file => file.room === room)
      .flatMap(({ path, text }) =>
        withoutComments(text)
          .split('\n')
          .filter(line => word.test(line.replace(namesakes, '')))
          .map(line => `${path}: ${line.trim()}`),
      );
    expect(wrong).toEqual([]);
  });

  it('reach the outside through drivers only', () => {
    const outside =
      /^(node:(fs|path|http|https|net|tls|sqlite|child_process|os|worker_threads)(\/|$)|libsql$|@aws-sdk\/)/;
    const wrong = shared
      .filter(file => !file.path.includes('/drivers/'))
      .flatMap(file => file.imports)
      .filter(({ of }) => outside.test(of))
      .map(({ from, of }) => `${from} imports ${of}`);
    expect(wrong).toEqual([]);
  });

  it('take clock, randomness and environment from ports', () => {
    const reach =
      /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomBytes\(|\brandomUUID\(|\bprocess\.(env|argv)\b/;
    const wrong = shared
      .filter(file => !file.path.includes('/drivers/'))
      .filter(file => reach.test(withoutComments(file.text)))
      .map(file => file.path);
    expect(wrong).toEqual([]);
  });

  it('do not go in circles', () => {
    const uses = new Map(shared.map(file => [file.path, file.imports.filter(one => !one.typeOnly).map(one => one.of)]));
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const next of uses.get(path) ?? []) visit(next, [...trail, path]);
      done.add(path);
    };
    for (const path of uses.keys()) visit(path, []);
    expect(circles).toEqual([]);
  });
});

describe('what stands around the rooms', () => {
  /** Programs and deployments use doors; nobody uses programs, and doors know of no deployment. */
  const outside: Record<string, string[]> = {
    functions: ['shared'],
    infra: ['shared', 'functions'],
    cli: ['shared', 'functions', 'infra'],
  };

  it.each(Object.keys(outside))('%s uses only what it may', folder => {
    const wrong = readFiles(folder)
      .flatMap(file => file.imports)
      .filter(({ of }) => {
        const other = /^(?:\.\.\/)+(cli|functions|infra|shared|test)\//.exec(of)?.[1];
        return other !== undefined && !outside[folder]?.includes(other);
      })
      .map(({ from, of }) => `${folder}/${from} imports ${of}`);
    expect(wrong).toEqual([]);
  });
});

describe('house style', () => {
  const all = ['shared', 'functions', 'cli', 'infra'].flatMap(folder =>
    readFiles(folder).map(file => ({ ...file, path: `${folder}/${file.path}` })),
  );

  it('names files for one thing', () => {
    const vague = /\/(utils?|helpers?|common|managers?|types|misc)\.ts$/;
    expect(all.map(file => file.path).filter(path => vague.test(path))).toEqual([]);
  });

  it('keeps files small', () => {
    expect(all.filter(file => file.text.split('\n').length > 400).map(file => file.path)).toEqual([]);
  });

  it('imports files by their whole name', () => {
    const relative = (text: string) =>
      [...text.matchAll(clause)].map(match => match[3] ?? '').filter(of => of.startsWith('.'));
    const wrong = all.flatMap(file =>
      relative(file.text)
        .filter(of => !of.endsWith('.ts'))
        .map(of => `${file.path}: ${of}`),
    );
    expect(wrong).toEqual([]);
  });

  it('leaves nothing for later', () => {
    expect(all.filter(file => /\b(TODO|FIXME|XXX|HACK)\b/.test(file.text)).map(file => file.path)).toEqual([]);
  });
});

describe('the repository', () => {
  it('has at its top what the plan names', () => {
    const names = readdirSync(root).filter(name => !name.startsWith('.') && name !== 'node_modules');
    const plan = [
      'CONTRIBUTING.md',
      'LICENSE',
      'README.md',
      'cli',
      'docs',
      'examples',
      'functions',
      'infra',
      'package-lock.json',
      'package.json',
      'proto',
      'serverless.yml',
      'shared',
      'test',
      'tsconfig.json',
    ];
    expect(names.filter(name => !plan.includes(name))).toEqual([]);
  });
});
