import type { Condition } from '../base/condition.ts';
import { describe, type Problem } from './problem.ts';

/** All problems in one condition: which objects are broken, and how. */
export const composedCondition = (problems: readonly Problem[]): Condition => {
  const [first] = problems;
  if (!first)
    return {
      type: 'ConfigComposed',
      status: 'True',
      reason: 'Composed',
      message: 'everything is in the configuration',
    };
  const texts = problems.map(one => `${describe(one.about)}: ${one.message}`);
  return {
    type: 'ConfigComposed',
    status: 'False',
    reason: first.reason,
    message: shorten([...new Set(texts)].join('; ')),
  };
};

const maxMessage = 4096;

/** So much of a text as a condition may say. */
export const shorten = (text: string): string =>
  text.length > maxMessage ? `${text.slice(0, maxMessage - 1)}…` : text;
