/** A parsed field selector: all requirements must hold. */
export type FieldSelector = readonly FieldRequirement[];

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}
