import type { Attributes, Authorizer, Decision, User } from '../../access/user.ts';
import { method, type Overload } from '../function.ts';
import { bool, opaque, string } from '../type.ts';
import { CelError, Opaque } from '../value.ts';

/** Asked while an expression runs, and not answered yet: the run is given up and begun anew once it is. */
export class Pending extends Error {
  readonly answer: Promise<unknown>;
  constructor(answer: Promise<unknown>) {
    super('waiting for the authorizer');
    this.answer = answer;
  }
}

/** Answers of one request's authorizer, each asked for once. */
export class Questions {
  readonly #authorizer: Authorizer;
  readonly #known = new Map<string, Decision | { readonly error: string }>();

  constructor(authorizer: Authorizer) {
    this.#authorizer = authorizer;
  }

  /** Throws Pending when the answer has to be waited for. */
  ask(attributes: Attributes): Decision | { readonly error: string } {
    const key = JSON.stringify(attributes);
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= maxQuestions) throw new CelError('too many questions to the authorizer');
    const answer = this.#authorizer.authorize(attributes).catch((error: unknown) => ({
      error: error instanceof Error ? error.message : String(error),
    }));
    throw new Pending(answer.then(decision => void this.#known.set(key, decision)));
  }
}

const maxQuestions = 64;

/** `authorizer`: for whom is asked, and whom. */
export class AuthorizerValue extends Opaque {
  readonly typeName = 'kubernetes.authorization.Authorizer';
  readonly user: User;
  readonly questions: Questions;
  readonly #request: Asked | undefined;
  /** `request`: the resource that `requestResource` stands for. */
  constructor(user: User, questions: Questions, request?: Asked) {
    super();
    this.user = user;
    this.questions = questions;
    this.#request = request;
  }
  override field(name: string): ResourceCheck | undefined {
    return name === 'requestResource' && this.#request ? new ResourceCheck(this, this.#request) : undefined;
  }
  equals(other: Opaque): boolean {
    return other === this;
  }
}

type Asked = NonNullable<Attributes['resource']>;

/** What is asked about, built up step by step. */
export class ResourceCheck extends Opaque {
  readonly typeName: string;
  readonly of: AuthorizerValue;
  readonly asked: Asked | { readonly path: string };
  constructor(of: AuthorizerValue, asked: Asked | { readonly path: string }, typeName: string = resourceType.name) {
    super();
    this.of = of;
    this.asked = asked;
    this.typeName = typeName;
  }
  equals(other: Opaque): boolean {
    return other === this;
  }
}

class DecisionValue extends Opaque {
  readonly typeName = 'kubernetes.authorization.Decision';
  readonly decision: Decision | { readonly error: string };
  constructor(decision: Decision | { readonly error: string }) {
    super();
    this.decision = decision;
  }
  equals(other: Opaque): boolean {
    return other === this;
  }
}

const named = (name: string) => ({ ...opaque(name), name });
export const resourceType = named('kubernetes.authorization.ResourceCheck');
export const authorizerType = {
  ...named('kubernetes.authorization.Authorizer'),
  fields: new Map([['requestResource', { name: 'requestResource', type: resourceType }]]),
};
const groupType = named('kubernetes.authorization.GroupCheck');
const pathType = named('kubernetes.authorization.PathCheck');
const decisionType = named('kubernetes.authorization.Decision');

// Signatures are checked before functions run: the casts below say what they say.
const check = (value: unknown): ResourceCheck => value as ResourceCheck;
const authorizerOf = (value: unknown): AuthorizerValue => value as AuthorizerValue;
const decisionOf = (value: unknown): DecisionValue['decision'] => (value as DecisionValue).decision;

const refine = (name: string, change: (text: string) => Partial<Asked>): Overload =>
  method(name, [resourceType, string], resourceType, ([a, text]) => {
    const { of, asked } = check(a);
    return new ResourceCheck(of, { ...(asked as Asked), ...change(text as string) });
  });

const decide = (value: unknown, verb: string): DecisionValue => {
  const { of, asked } = check(value);
  const { user, questions } = of;
  return new DecisionValue(
    questions.ask('path' in asked ? { user, verb, path: asked.path } : { user, verb, resource: asked }),
  );
};

/** What one question costs, in units: upstream's figure. */
const cost = () => 350_000;

const accountUser = (namespace: string, name: string): User => ({
  name: `system:serviceaccount:${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
});

/** Kubernetes' authorizer library, for admission: `authorizer.group('').resource('pods').check('create').allowed()`. */
export const authorizerLibrary: readonly Overload[] = [
  method('path', [authorizerType, string], pathType, ([a, path]) => {
    if (path === '') throw new CelError('path must not be empty');
    return new ResourceCheck(authorizerOf(a), { path: path as string }, pathType.name);
  }),
  method('group', [authorizerType, string], groupType, ([a, group]) => {
    return new ResourceCheck(authorizerOf(a), { group: group as string, version: '*', resource: '' }, groupType.name);
  }),
  method('serviceAccount', [authorizerType, string, string], authorizerType, ([a, namespace, name]) => {
    return new AuthorizerValue(accountUser(namespace as string, name as string), authorizerOf(a).questions);
  }),
  method('resource', [groupType, string], resourceType, ([a, resource]) => {
    const { of, asked } = check(a);
    return new ResourceCheck(of, { ...(asked as Asked), resource: resource as string });
  }),
  refine('subresource', subresource => ({ subresource })),
  refine('namespace', namespace => ({ namespace })),
  refine('name', name => ({ name })),
  // A narrower question is answered as the wider one: never yes where the narrow one would be no.
  refine('fieldSelector', () => ({})),
  refine('labelSelector', () => ({})),
  method('check', [pathType, string], decisionType, ([a, verb]) => decide(a, verb as string), { cost }),
  method('check', [resourceType, string], decisionType, ([a, verb]) => decide(a, verb as string), { cost }),
  method('allowed', [decisionType], bool, ([a]) => {
    const decision = decisionOf(a);
    return 'allowed' in decision && decision.allowed;
  }),
  method('reason', [decisionType], string, ([a]) => {
    const decision = decisionOf(a);
    return 'reason' in decision ? decision.reason : '';
  }),
  method('errored', [decisionType], bool, ([a]) => 'error' in decisionOf(a)),
  method('error', [decisionType], string, ([a]) => {
    const decision = decisionOf(a);
    return 'error' in decision ? decision.error : '';
  }),
];
