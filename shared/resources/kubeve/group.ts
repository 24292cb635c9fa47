/** The group of this controller's own kinds. */
export const kubeve = { group: 'kubeve.io', version: 'v1alpha1' } as const;
