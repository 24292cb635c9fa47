/** A path by other names for where it begins; `otherwise` when no name is known. The first that fits counts. */
export const renamed = (path: string, names: Readonly<Record<string, string>>, otherwise: string): string => {
  const found = Object.entries(names).find(
    ([from]) => path.startsWith(from) && /^(?:[.[]|$)/.test(path.slice(from.length)),
  );
  return found ? `${found[1]}${path.slice(found[0].length)}` : otherwise;
};
