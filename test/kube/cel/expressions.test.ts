import { describe, expect, it } from 'vitest';
import { compile } from '../../../shared/kube/cel/compile.ts';
import { functions } from '../../../shared/kube/cel/environment.ts';
import { lift } from '../../../shared/kube/cel/lift.ts';
import { dyn } from '../../../shared/kube/cel/type.ts';
import { watchCpu } from '../../support/cpu.ts';

const self = {
  n: 5,
  big: 9007199254740993n,
  s: 'héllo',
  list: [3, 1, 2],
  names: ['b', 'a'],
  map: { a: 1, b: 2 },
  nested: { inner: { x: true } },
  empty: null,
};

const environment = { variables: new Map([['self', dyn]]), functions };

const run = (text: string): unknown => {
  const value = lift(self, dyn);
  return compile(text, environment).run(name => (name === 'self' ? value : undefined), { left: 10_000_000 });
};

describe('expressions that hold', () => {
  it.each([
    // the language
    '1 + 2 * 3 == 7',
    '-(-5) == 5',
    '-9223372036854775808 < 0',
    '7 % -3 == 1 && -7 / 2 == -3',
    '1u + 2u == 3u',
    '1.5e3 == 1500.0',
    '0x1F == 31',
    '"a" + "b" == \'ab\'',
    'r"\\d" == "\\\\d"',
    '"\\u00e9\\x41" == "éA"',
    "b'\\xff' + b'a' == b'\\xffa'",
    "'''a'b''' == \"a'b\"",
    'true || 1/0 > 0',
    '1/0 > 0 || true',
    '!(false && 1/0 > 0)',
    'true ? true : 1/0 > 0',
    '[1, 2] + [3] == [1, 2, 3]',
    '2 in [1, 2] && !("x" in {"y": 1})',
    '{"a": 1}["a"] == 1 && {"a": 1}.a == 1',
    '{1: "x"}[dyn(1u)] == "x"',
    'dyn(1) == 1.0 && dyn(1u) == 1',
    '1 < 1.5 && 2u > 1 && 1.0 <= 1u',
    'type(1) == int && type("") == string && type(null) == null_type && type(type(1)) == type',
    'type(timestamp("2020-01-01T00:00:00Z")) == google.protobuf.Timestamp',
    'size("héllo") == 5 && "héllo".size() == 5 && size([1]) == 1 && size({}) == 0',
    'int("42") == 42 && int(3.9) == 3 && string(1.5) == "1.5" && double("2") == 2.0 && bool("true")',
    'string(b"abc") == "abc" && bytes("é").size() == 2',
    '"é" > "z" && "a" < "b"',
    // objects
    'self.n == 5 && self.big == 9007199254740993 && self.nested.inner.x',
    'has(self.n) && !has(self.missing) && !has(self.nested.inner.y)',
    'self.empty == null',
    'self.?missing.orValue(7) == 7 && self.?n.orValue(7) == 5',
    'self[?"n"].hasValue() && !self.list[?9].hasValue() && self.list[?0].value() == 3',
    '!self.?missing.a.b.hasValue()',
    'self.?nested.inner.x.value()',
    '[1, ?self.?missing, ?self.?n] == [1, 5]',
    '{?"a": self.?missing, "b": 1} == {"b": 1}',
    'optional.of(1).optMap(x, x + 1).value() == 2 && optional.none().or(optional.of(2)).value() == 2',
    'optional.of(3).optFlatMap(x, optional.ofNonZeroValue(x - 3)) == optional.none()',
    // macros
    'self.list.all(x, x > 0) && self.list.exists(x, x == 2) && self.list.exists_one(x, x > 2)',
    'self.list.map(x, x * 2) == [6, 2, 4] && self.list.filter(x, x > 1) == [3, 2]',
    'self.list.map(x, x > 1, x * 10) == [30, 20]',
    'self.map.all(k, self.map[k] > 0) && self.map.map(k, k) == ["a", "b"]',
    '[1, 0].exists(x, 1/x == 1) && ![0, 2].all(x, 4/x == 3)',
    'cel.bind(x, self.n, x + x == 10)',
    // two variables
    'self.list.all(i, v, i < 3 && v > 0) && self.map.exists(k, v, k == "b" && v == 2)',
    '[1, 2].transformList(i, v, i + v) == [1, 3] && self.map.transformMap(k, v, v > 1, v * 2) == {"b": 4}',
    'self.map.transformMapEntry(k, v, {v: k}) == {1: "a", 2: "b"}',
    '[2, 4].existsOne(i, v, i == 0)',
    // strings
    '"Hello".lowerAscii() == "hello" && "x".upperAscii() == "X" && " a ".trim() == "a" && "abc".reverse() == "cba"',
    '"héllo".indexOf("l") == 2 && "héllo".lastIndexOf("l") == 3 && "abc".indexOf("z") == -1 && "abcabc".indexOf("a", 1) == 3',
    '"héllo".substring(1, 3) == "él" && "abc".substring(1) == "bc" && "héllo".charAt(1) == "é"',
    '"a,b,c".split(",") == ["a", "b", "c"] && "a,b,c".split(",", 2) == ["a", "b,c"] && "a,b".split(",", 0) == []',
    '"aXbX".replace("X", "$&") == "a$&b$&" && "aXbX".replace("X", "-", 1) == "a-bX"',
    '["a", "b"].join("-") == "a-b" && ["a", "b"].join() == "ab"',
    '"abc".contains("b") && "abc".startsWith("a") && "abc".endsWith("c") && "abc".matches("^a.c$") && matches("ab", "b")',
    '"%s is %d, %.2f, %x, %s".format(["a", 1, 1.5, 255, [dyn(true), null]]) == "a is 1, 1.50, ff, [true, null]"',
    'strings.quote("a\\"b\\n") == "\\"a\\\\\\"b\\\\n\\""',
    // times
    'timestamp("2024-02-29T10:20:30.5Z").getFullYear() == 2024 && timestamp("2024-02-29T10:20:30.5Z").getMonth() == 1',
    'timestamp("2024-03-01T00:00:00Z").getDayOfYear() == 60 && timestamp("2024-03-01T00:00:00Z").getDate() == 1',
    'timestamp("2024-03-01T00:30:00Z").getHours("America/New_York") == 19 && timestamp("2024-03-01T00:30:00Z").getHours("+02:00") == 2',
    'timestamp("2024-01-01T00:00:00Z") + duration("36h") == timestamp("2024-01-02T12:00:00Z")',
    'duration("1h30m").getMinutes() == 90 && string(duration("1.5s")) == "1.5s" && duration("-1h") < duration("0")',
    'string(timestamp("2024-01-01T02:00:00.123456789+02:00")) == "2024-01-01T00:00:00.123456789Z"',
    'int(timestamp("1970-01-01T00:01:00Z")) == 60',
    // lists and sets
    '[1, 2, 2].isSorted() && !["b", "a"].isSorted() && [1, 2].sum() == 3 && [1.5].sum() == 1.5',
    '[3, 1].min() == 1 && [3, 1].max() == 3 && [1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(5) == -1',
    '[duration("1s"), duration("2s")].sum() == duration("3s")',
    'sets.contains([1, 2], [2]) && sets.intersects([1], [1, 3]) && sets.equivalent([1, 2, 2], [2, 1]) && !sets.contains([1], [2])',
    '[3, 1, 2].sort() == [1, 2, 3] && [1, 2, 3].slice(1, 3) == [2, 3] && [dyn(1), [dyn(2), [3]]].flatten() == [dyn(1), 2, [3]]',
    '[1, 1, 2].distinct() == [1, 2] && [1, 2].reverse() == [2, 1] && lists.range(3) == [0, 1, 2]',
    // Kubernetes
    '"abc 123".find("[0-9]+") == "123" && "1 2 3".findAll("[0-9]") == ["1", "2", "3"] && "1 2 3".findAll("[0-9]", 1) == ["1"]',
    'url("https://u@a.com:80/p%20q?x=1&x=2").getHost() == "a.com:80" && url("https://a.com:80/p").getHostname() == "a.com"',
    'url("https://[::1]:80/").getPort() == "80" && url("/path?x=1").getQuery() == {"x": ["1"]} && url("https://a/p q".replace(" ", "%20")).getEscapedPath() == "/p%20q"',
    'isURL("https://a.com") && !isURL("a b") && !isURL("../x")',
    'quantity("1Gi").isGreaterThan(quantity("1G")) && quantity("1500m").asApproximateFloat() == 1.5 && !quantity("0.5").isInteger()',
    'quantity("1k").asInteger() == 1000 && quantity("1").add(quantity("2")).sub(1).compareTo(quantity("2")) == 0 && isQuantity("10Mi") && !isQuantity("x")',
    'quantity("-1").sign() == -1 && quantity("1000m") == quantity("1")',
    'ip("192.168.0.1").family() == 4 && ip("::1").isLoopback() && isIP("fe80::1") && !isIP("1.2.3") && !isIP("::ffff:1.2.3.4")',
    'ip.isCanonical("::1") && !ip.isCanonical("0:0::1") && string(ip("2001:DB8::0:1")) == "2001:db8::1"',
    'ip("8.8.8.8").isGlobalUnicast() && ip("0.0.0.0").isUnspecified() && ip("169.254.1.1").isLinkLocalUnicast() && ip("224.0.0.1").isLinkLocalMulticast()',
    'cidr("10.0.0.0/8").containsIP("10.1.2.3") && cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !cidr("10.0.0.0/16").containsCIDR(cidr("10.0.0.0/8"))',
    'cidr("10.1.2.3/8").masked() == cidr("10.0.0.0/8") && cidr("10.1.2.3/8").ip() == ip("10.1.2.3") && cidr("::/0").prefixLength() == 0 && isCIDR("1.0.0.0/8")',
    '!format.dns1123Label().validate("ok").hasValue() && format.dns1123Label().validate("Not Ok").value().size() == 1',
    'format.named("labelValue").value().validate("a b").hasValue() && !format.named("nonsense").hasValue()',
    'semver("1.2.3").isLessThan(semver("1.10.0")) && semver("1.0.0-rc.1").isLessThan(semver("1.0.0")) && semver("v1.2", true).minor() == 2',
    'isSemver("1.0.0+x") && !isSemver("1.0") && isSemver("v01.0", true) && semver("1.0.0+a") == semver("1.0.0+b")',
  ])('%s', text => expect(run(text)).toBe(true));
});

describe('expressions that fail when they run', () => {
  it.each([
    ['9223372036854775807 + 1', 'integer overflow'],
    ['1 / 0', 'division by zero'],
    ['1 % 0', 'modulus by zero'],
    ['0u - 1u', 'unsigned integer overflow'],
    ['self.missing', 'no such key: missing'],
    ['[1][5]', 'index out of bounds: 5'],
    ['self.n + self.s', 'no such overload'],
    ['int("x")', 'invalid syntax'],
    ['duration("1y".substring(0))', 'invalid duration'],
    ['url("a b".trim())', 'URL parse error'],
    ['"a".matches("(".trim())', 'error parsing regexp'],
    ['optional.none().value()', 'dereference'],
    ['"abc".substring(2, 1)', 'invalid substring range'],
    ['[self.n].map(x, 1/(x-5))', 'division by zero'],
    ['{"a": 1, "a": 2}', 'key already exists'],
  ])('%s → %s', (text, message) => expect(() => run(text)).toThrow(message));
});

describe('expressions that are refused before they run', () => {
  it.each([
    ['1 +', 'Syntax error'],
    ['"a', `1:1: Syntax error: token recognition error at: '"a'`],
    ['1 + "a"', "found no matching overload for '_+_' applied to '(int, string)'"],
    ['unknown', "undeclared reference to 'unknown'"],
    ['nothing(1)', "undeclared reference to 'nothing'"],
    ['[1, "a"]', "expected type 'int' but found 'string'"],
    ['"a".matches("(")', '1:13: invalid matches argument'],
    ['"a".matches("(?=a)")', '1:13: invalid matches argument'],
    ['duration("1y")', 'invalid duration'],
    ['timestamp("now")', 'invalid timestamp'],
    ['has(self)', 'invalid argument to has() macro'],
    ['[1].all(x.y, true)', '1:10: argument is not an identifier'],
    ['[1].all(x, 1)', "expected type 'bool' but found 'int'"],
    ['9223372036854775808', 'invalid int literal'],
    ['for', 'reserved identifier'],
    ['Foo{a: 1}', "undeclared reference to 'Foo'"],
    ['1 == "a"', "found no matching overload for '_==_'"],
    ['true ? 1 : "a"', "found no matching overload for '_?_:_'"],
    ['(1).all(x, true)', 'cannot be range of a comprehension'],
    ['"a".b', "type 'string' does not support field selection"],
  ])('%s → %s', (text, message) => expect(() => compile(text, environment)).toThrow(message));
});

describe('nesting', () => {
  it.each([
    ['parentheses', `${'('.repeat(200)}1${')'.repeat(200)}`],
    ['sums', `1${' + 1'.repeat(2000)}`],
    ['selections', `self${'.a'.repeat(2000)}`],
    ['lists', '['.repeat(5000)],
  ])('of %s is bounded', (_, text) => expect(() => compile(text, environment)).toThrow('recursion limit'));

  it('of long chains of && is not deep', () => expect(run(`true${' && true'.repeat(5000)}`)).toBe(true));
});

describe('texts that are nearly right', () => {
  it.each([
    ['durations', `duration("${'11111111111111111111s'.repeat(19)}!".trim())`],
    ['numbers', `double("${'1'.repeat(50_000)}!".trim())`],
    ['URLs', `url("https://${'a@'.repeat(20_000)} ".reverse())`],
  ])('take no long time: %s', (_, text) => {
    const spent = watchCpu();
    expect(() => run(text)).toThrow();
    expect(spent()).toBeLessThan(1000);
  });
});

describe('cost', () => {
  it.each([
    ['1 == 1', 2],
    ['self.n == 5', 4],
    ['[1, 2].all(x, x > 0)', 10 + 1 + 2 * (3 + 2)],
  ])('of %s is estimated and spent: %i', (text, cost) => {
    const account = { left: 1_000_000 };
    const value = lift(self, dyn);
    compile(text, environment).run(name => (name === 'self' ? value : undefined), account);
    expect(1_000_000 - account.left).toBe(cost);
  });

  it('stops an expression that grows exponentially', () => {
    const nested = (depth: number): string =>
      depth === 0 ? 'true' : `[1,2,3,4,5,6,7,8,9,10].all(x${depth}, ${nested(depth - 1)})`;
    const program = compile(nested(9), environment);
    const account = { left: 10_000_000 };
    expect(() => program.run(() => undefined, account)).toThrow('actual cost limit exceeded');
    expect(account.left).toBeGreaterThan(8_900_000);
    expect(program.maxCost).toBeGreaterThan(1e9);
  });

  it('is not hidden by ||', () => {
    const many = '[0,1,2,3,4,5,6,7,8,9]';
    const text = `${many}.all(a, ${many}.all(b, ${many}.all(c, ${many}.all(d, ${many}.all(e, ${many}.all(f, true)))))) || true`;
    expect(() => run(text)).toThrow('actual cost limit exceeded');
  });
});
