/** What EVE seals its vault to, and so what a policy looks at when it does not say otherwise: 0 to 14 without 5. */
export const usualRegisters: readonly number[] = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14];
