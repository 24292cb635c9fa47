/** What the names of a tenant's two secrets begin with. */
export const tenantSecrets = (stack: string, tenant: string): string => `${stack}/tenants/${tenant}`;

/** Part of a name in a template, which has letters and digits only. No two names of tenants or hosts give the same. */
export const toLogicalId = (name: string): string => name.replaceAll('-', 'D').replaceAll('.', 'P');
