import { type Functions, type Overload, toFunctions } from './function.ts';
import { addresses } from './library/addresses.ts';
import { arithmetic } from './library/arithmetic.ts';
import { conversions } from './library/convert.ts';
import { format } from './library/format.ts';
import { lists } from './library/lists.ts';
import { optionals } from './library/optional.ts';
import { quantities } from './library/quantity.ts';
import { regex } from './library/regex.ts';
import { semver } from './library/semver.ts';
import { strings } from './library/strings.ts';
import { time } from './library/time.ts';
import { url } from './library/url.ts';

const overloads: readonly Overload[] = [
  ...arithmetic,
  ...conversions,
  ...time,
  ...strings,
  ...lists,
  ...optionals,
  ...regex,
  ...url,
  ...addresses,
  ...quantities,
  ...format,
  ...semver,
];

/** The functions that every expression of the API may use (kubernetes-api reference §1.17, "Libraries"). */
export const functions: Functions = toFunctions(overloads);

/** The same and some more. */
export const withFunctions = (more: readonly Overload[]): Functions => toFunctions([...overloads, ...more]);
