import { ageColumn, defineResource } from '../define.ts';
import { anyObject } from '../schema.ts';

/**
 * Nothing runs in pods here: the list is always empty. It is served because clients look for pods beside other things
 * (`kubectl describe pvc` asks which pods mount the claim, dashboards open with them) and fail on a kind that is missing.
 */
export const pod = defineResource(
  {
    version: 'v1',
    kind: 'Pod',
    plural: 'pods',
    shortNames: ['po'],
    scope: 'Namespaced',
    native: true,
    description:
      'There are none: applications of edge devices are of the kind Application in the group eve.lfedge.org.',
    spec: () => anyObject().meta({ description: 'What the pod runs.' }),
    status: () => anyObject().meta({ description: 'What became of it.' }),
  },
  { columns: [ageColumn], verbs: ['get', 'list', 'watch'], deleteAnswers: 'object' },
);
