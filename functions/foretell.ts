import type { Ports } from '../shared/base/ports.ts';
import { createBootstrap } from '../shared/compose/bootstrap.ts';
import { createPreview } from '../shared/compose/preview.ts';
import { foresee } from '../shared/controllers/workloads/foresee.ts';
import type { Controller } from '../shared/eve/controller.ts';
import type { Store } from '../shared/store/store.ts';
import type { Bootstrap } from '../shared/stream/bootstrap.ts';
import type { Preview } from '../shared/stream/preview.ts';
import type { Objects } from './objects.ts';

export interface ForetellParts {
  readonly store: Store;
  readonly controller: Controller;
  readonly ports: Ports;
  readonly objects: Objects;
}

/** What devices would be told, and what they are told before they ask: this needs all that composes. */
export const openForetell = ({
  store,
  controller,
  ports,
  objects,
}: ForetellParts): { readonly preview: Preview; readonly bootstrap: Bootstrap } => {
  const { catalog } = objects.registry;
  return {
    preview: createPreview({
      store,
      controller,
      ports,
      over: objects.over,
      foresee: (type, workload, device, here) =>
        foresee(type, catalog.get('eve.lfedge.org', 'applications'), workload, device, here),
    }),
    bootstrap: createBootstrap({ store, controller, ports, catalog }),
  };
};
