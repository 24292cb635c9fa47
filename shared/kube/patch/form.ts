import { isMap } from '../../base/own.ts';
import type { Shape } from './typed.ts';

/** Which of its shape's forms a value is taken for. */
export type Form = 'map' | 'scalar' | 'list';

/** The form of a value that fits; for null, nothing, and what does not fit, the one that the shape has first. */
export const formOf = (value: unknown, shape: Shape): Form => {
  if (isMap(value) && shape.map) return 'map';
  if (Array.isArray(value) && shape.list) return 'list';
  const isScalar = value !== undefined && value !== null && typeof value !== 'object';
  if (isScalar && shape.scalar) return 'scalar';
  return firstForm(shape);
};

const firstForm = (shape: Shape): Form => (shape.map ? 'map' : shape.scalar ? 'scalar' : 'list');

/** The forms of two values, of which one may be absent: it has no form of its own then. */
export const formsOf = (left: unknown, right: unknown, shape: Shape): readonly Form[] => {
  if (left === undefined || left === null) return [formOf(right, shape)];
  if (right === undefined || right === null) return [formOf(left, shape)];
  const forms = [formOf(left, shape), formOf(right, shape)] as const;
  return forms[0] === forms[1] ? [forms[0]] : forms;
};

/** A list or map without content, or none. */
export const isVoid = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.length === 0;
  if (!isMap(value)) return true;
  for (const field in value) if (Object.hasOwn(value, field)) return false;
  return true;
};
