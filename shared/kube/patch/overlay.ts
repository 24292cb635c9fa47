import { isEqual } from '../../base/equal.ts';
import { copyMap, isMap, setOwn } from '../../base/own.ts';
import { indexItems, toElement } from './element.ts';
import { type Form, formsOf, isVoid } from './form.ts';
import { fieldShape, type ListShape, type MapShape, type Shape } from './typed.ts';

/**
 * A live value with an applied configuration laid over it (kubernetes-api reference §1.13, step 1): maps join, items of
 * lists with keys meet by their keys, of sets by their value; of scalars and of what is atomic the configuration's counts.
 * The inputs are not changed; the result shares parts with them, and live parts that do not change stay the same instances.
 */
export const overlay = (live: unknown, config: unknown, shape: Shape): unknown => {
  if (config === undefined) return live;
  if (!isPlural(config) && (live === undefined || live === config)) return config;
  const [first = 'scalar', last = first] = formsOf(live, config, shape);
  const form = last;
  if (form === 'scalar' || isAtomic(shape, form)) return isEqual(live, config) ? live : config;
  const [before, after] = [inForm(live, form), inForm(config, form)];
  if (isVoid(before) && isVoid(after)) return isEqual(live, config) ? live : config;
  if (form === 'list' && shape.list) return overlayItems(asList(before), asList(after), shape.list);
  return shape.map ? overlayFields(asMap(before), asMap(after), shape.map) : config;
};

type Fields = { [field: string]: unknown };

const isPlural = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isAtomic = (shape: Shape, form: Form): boolean =>
  form === 'map' ? shape.map?.atomic === true : shape.list?.atomic === true;

/** What is of another form is not there for this one. */
const inForm = (value: unknown, form: Form): unknown =>
  (form === 'list' ? Array.isArray(value) : isMap(value)) ? value : undefined;

const asMap = (value: unknown): Fields => (isMap(value) ? value : {});
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const overlayFields = (live: Fields, config: Fields, shape: MapShape): Fields => {
  let out: Fields | undefined;
  for (const field of Object.keys(config)) {
    const value = config[field];
    if (value === undefined) continue;
    const below = fieldShape(shape, field);
    const had = Object.hasOwn(live, field) ? live[field] : undefined;
    const has = below ? overlay(had, value, below) : value;
    if (has === had) continue;
    out ??= copyMap(live);
    setOwn(out, field, has);
  }
  return out ?? live;
};

/**
 * Items that both have come in the configuration's order; an item that only the live list has keeps its place between them,
 * and one that only the configuration has stands where the configuration puts it.
 */
const overlayItems = (live: readonly unknown[], config: readonly unknown[], shape: ListShape): readonly unknown[] => {
  const liveNames = live.map(item => nameOf(shape, item));
  const before = groupBy(liveNames, live);
  const after = indexItems(shape, config);
  const wanted = [...after.keys()];
  const shared = wanted.filter(name => before.has(name));
  let awaited = 0;
  const merged = new Set<string>();
  const out: unknown[] = [];
  const take = (name: string): void => {
    merged.add(name);
    const had = before.get(name) ?? [];
    // Of items that stand there twice none is the one to merge with: the configuration's takes their place.
    out.push(overlay(had.length === 1 ? had[0] : undefined, after.get(name)?.[0], shape.item));
    if (name === shared[awaited]) awaited++;
  };
  for (let at = 0, next = 0; at < live.length || next < wanted.length; ) {
    const name = liveNames[at];
    const want = wanted[next];
    if (at < live.length && name !== undefined && want !== undefined) {
      if (name === want) {
        take(name);
        at++;
        next++;
        continue;
      }
      if (after.has(name) && shared[awaited] !== undefined && shared[awaited] !== name) {
        at++;
        continue;
      }
    }
    if (at < live.length) {
      if (name === undefined || !after.has(name)) {
        out.push(live[at++]);
        continue;
      }
      if (merged.has(name)) at++;
    }
    if (want !== undefined) {
      take(want);
      next++;
    }
  }
  return out.length === live.length && out.every((item, i) => item === live[i]) ? live : out;
};

const groupBy = (names: readonly (string | undefined)[], items: readonly unknown[]): Map<string, unknown[]> => {
  const groups = new Map<string, unknown[]>();
  for (const [i, name] of names.entries()) {
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [items[i]]);
    else group.push(items[i]);
  }
  return groups;
};

const nameOf = (shape: ListShape, item: unknown): string | undefined => {
  const named = toElement(shape, item);
  return 'element' in named ? named.element : undefined;
};
