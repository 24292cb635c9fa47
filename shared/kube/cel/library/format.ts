import { label1035Errors, labelErrors, labelValueErrors, qualifiedNameErrors, subdomainErrors } from '../../names.ts';
import { isFormat } from '../../schema/formats.ts';
import { fn, method, type Overload, once, sizeAt, traverse } from '../function.ts';
import { listOf, opaque, optionalOf, string } from '../type.ts';
import { Items, Opaque, Optional } from '../value.ts';

/** A named rule for texts. */
class FormatValue extends Opaque {
  readonly typeName = 'kubernetes.NamedFormat';
  readonly name: string;
  readonly errors: (text: string) => readonly string[];
  constructor(name: string, errors: (text: string) => readonly string[]) {
    super();
    this.name = name;
    this.errors = errors;
  }
  equals(other: Opaque): boolean {
    return other instanceof FormatValue && other.name === this.name;
  }
}

/** Prefixes of names may end in a dash: something follows. */
const asPrefix = (text: string): string => text.replace(/-$/, 'a');

const byFormat = (format: string, message: string) => (text: string) => (isFormat(format, text) ? [] : [message]);

const formats = new Map(
  Object.entries<(text: string) => readonly string[]>({
    dns1123Label: labelErrors,
    dns1123Subdomain: subdomainErrors,
    dns1035Label: label1035Errors,
    qualifiedName: qualifiedNameErrors,
    dns1123LabelPrefix: text => labelErrors(asPrefix(text)),
    dns1123SubdomainPrefix: text => subdomainErrors(asPrefix(text)),
    dns1035LabelPrefix: text => label1035Errors(asPrefix(text)),
    labelValue: labelValueErrors,
    uri: byFormat('uri', 'invalid URI for request'),
    uuid: byFormat('uuid', 'does not match the UUID format'),
    byte: byFormat('byte', 'invalid base64'),
    date: byFormat('date', 'invalid date'),
    datetime: byFormat('date-time', 'invalid datetime'),
  }).map(([name, errors]) => [name, new FormatValue(name, errors)] as const),
);

const formatType = opaque('kubernetes.NamedFormat');

/** Kubernetes' format library: `format.dns1123Label().validate(x)` is none when the text is fine, else the errors. */
export const format: readonly Overload[] = [
  ...[...formats].map(([name, value]) => fn(`format.${name}`, [], formatType, () => value)),
  fn('format.named', [string], optionalOf(formatType), ([name]) => new Optional(formats.get(String(name)))),
  method(
    'validate',
    [formatType, string],
    optionalOf(listOf(string)),
    ([rule, text]) => {
      // The signature was checked before.
      const errors = (rule as FormatValue).errors(text as string);
      return new Optional(errors.length === 0 ? undefined : new Items(errors));
    },
    { cost: sizes => once(1)(sizes) + traverse(sizeAt(sizes, 1)) },
  ),
];
