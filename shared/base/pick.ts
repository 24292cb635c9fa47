/** A step into JSON: a field, a list position, or the list items whose field has a value. */
export type Step =
  | { readonly field: string }
  | { readonly index: number }
  | { readonly match: string; readonly value: string };

/** `apps[displayname=web].drives[0].size` as steps; undefined when it is no such path. */
export const parsePath = (text: string): Step[] | undefined => {
  const steps: Step[] = [];
  let rest = text;
  while (rest !== '') {
    const match =
      /^(?:\.?([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,6})\]|\[([A-Za-z_][A-Za-z0-9_]*)=([^\]]*)\]|\["([^"]*)"\])/.exec(rest);
    if (!match) return undefined;
    const [whole, field, index, key, value, quoted] = match;
    if (steps.length === 0 && (field === undefined || whole.startsWith('.'))) return undefined;
    if (steps.length > 0 && field !== undefined && !whole.startsWith('.')) return undefined;
    if (field !== undefined) steps.push({ field });
    else if (quoted !== undefined) steps.push({ field: quoted });
    else if (index !== undefined) steps.push({ index: Number(index) });
    else steps.push({ match: key ?? '', value: value ?? '' });
    rest = rest.slice(whole.length);
  }
  return steps.length === 0 || steps.some(step => 'field' in step && forbidden.has(step.field)) ? undefined : steps;
};

const forbidden = new Set(['__proto__', 'constructor', 'prototype']);
