import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { toAttribute } from './attribute.ts';
import type { Condition, Query, Update, Value } from './table.ts';

/** Writes expressions of DynamoDB, and gathers the names and values that they stand for. */
export class Expression {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, AttributeValue> = {};
  #count = 0;

  condition(condition: Condition): string {
    if ('has' in condition) return `attribute_exists(${this.#name(condition.has)})`;
    if ('lacks' in condition) return `attribute_not_exists(${this.#name(condition.lacks)})`;
    if ('equals' in condition) return `${this.#name(condition.equals[0])} = ${this.#value(condition.equals[1])}`;
    if ('below' in condition) return `${this.#name(condition.below[0])} < ${this.#value(condition.below[1])}`;
    const isAll = 'all' in condition;
    const parts = (isAll ? condition.all : condition.any).map(part => `(${this.condition(part)})`);
    return parts.join(isAll ? ' AND ' : ' OR ');
  }

  update({ set = {}, add = {}, remove = [] }: Update): string {
    const clauses = [
      ['SET', Object.entries(set).map(([name, value]) => `${this.#name(name)} = ${this.#value(value)}`)],
      ['ADD', Object.entries(add).map(([name, value]) => `${this.#name(name)} ${this.#value(value)}`)],
      ['REMOVE', remove.map(name => this.#name(name))],
    ] as const;
    return clauses
      .filter(([, parts]) => parts.length > 0)
      .map(([verb, parts]) => `${verb} ${parts.join(', ')}`)
      .join(' ');
  }

  range({ PK, prefix, between }: Query): string {
    const partition = `${this.#name('PK')} = ${this.#value(PK)}`;
    if (between !== undefined) {
      const [from, to] = between.map(end => this.#value(end));
      return `${partition} AND ${this.#name('SK')} BETWEEN ${from} AND ${to}`;
    }
    return prefix ? `${partition} AND begins_with(${this.#name('SK')}, ${this.#value(prefix)})` : partition;
  }

  /** What the expressions stand for; to be taken last. */
  get terms() {
    const names = Object.fromEntries([...this.#names].map(([name, short]) => [short, name]));
    return {
      ...(this.#names.size > 0 && { ExpressionAttributeNames: names }),
      ...(Object.keys(this.#values).length > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }

  #name(attribute: string): string {
    const short = this.#names.get(attribute) ?? `#${this.#names.size}`;
    this.#names.set(attribute, short);
    return short;
  }

  #value(value: Value): string {
    const short = `:${this.#count++}`;
    this.#values[short] = toAttribute(value);
    return short;
  }
}
