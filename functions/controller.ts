import type { Controller } from '../shared/eve/controller.ts';

/** A controller that can become another one while it is used. */
export const replaceable = (first: Controller): { controller: Controller; replace(next: Controller): void } => {
  let current = first;
  return {
    controller: {
      seal: payload => current.seal(payload),
      reseal: container => current.reseal(container),
      edgeViewToken: session => current.edgeViewToken(session),
      get certs() {
        return current.certs;
      },
      get confighash() {
        return current.confighash;
      },
      get ecdh() {
        return current.ecdh;
      },
      get exchanges() {
        return current.exchanges;
      },
    },
    replace(next) {
      current = next;
    },
  };
};
