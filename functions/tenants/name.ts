/** How a tenant may be called: its name is part of keys, paths and names of files. */
const form = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Throws an Error that says, of what `from` names, what a tenant's name must be. */
export const requireTenantName = (from: string, name: string): void => {
  if (!form.test(name))
    throw new Error(`${from} must be a name of lower-case letters, digits and dashes, not '${name}'`);
};
