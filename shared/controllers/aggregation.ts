import { aggregate } from '../kube/access/aggregate.ts';
import { type Controller, type ControllerParts, createController, following } from './controller.ts';

/** Keeps aggregated ClusterRoles equal to what they gather, whenever any ClusterRole changes. */
export const createAggregation = (parts: ControllerParts): Controller =>
  createController(parts, {
    name: 'aggregation',
    follows: [
      following(
        parts.registry.catalog.get('rbac.authorization.k8s.io', 'clusterroles'),
        object => object.metadata.resourceVersion,
        (change, add) => {
          // What is given anew after a broken watch, and is the same, needs no second look.
          if (change.now === undefined || change.now.kept !== change.before) add(everyRole);
        },
      ),
    ],
    concurrency: 1,
    async work() {
      await aggregate(parts.registry);
      return undefined;
    },
  });

/** There is one piece of work: all roles together. Changes that come in quick succession are one. */
const everyRole = 'all';
