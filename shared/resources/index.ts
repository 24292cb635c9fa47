import type { Accounts } from '../kube/access/accounts/accounts.ts';
import type { TokenMethod } from '../kube/access/bearer.ts';
import type { Rbac } from '../kube/access/rbac.ts';
import type { Marks } from '../store/marks.ts';
import { clusterRole } from './access/clusterrole.ts';
import { clusterRoleBinding } from './access/clusterrolebinding.ts';
import { localSubjectAccessReview } from './access/localsubjectaccessreview.ts';
import { role } from './access/role.ts';
import { roleBinding } from './access/rolebinding.ts';
import { selfSubjectAccessReview } from './access/selfsubjectaccessreview.ts';
import { selfSubjectReview, selfSubjectReviewBeta } from './access/selfsubjectreview.ts';
import { selfSubjectRulesReview } from './access/selfsubjectrulesreview.ts';
import { subjectAccessReview } from './access/subjectaccessreview.ts';
import { tokenReview } from './access/tokenreview.ts';
import { mutatingAdmissionPolicy, mutatingAdmissionPolicyBeta } from './admission/mutatingadmissionpolicy.ts';
import {
  mutatingAdmissionPolicyBinding,
  mutatingAdmissionPolicyBindingBeta,
} from './admission/mutatingadmissionpolicybinding.ts';
import { validatingAdmissionPolicy } from './admission/validatingadmissionpolicy.ts';
import { validatingAdmissionPolicyBinding } from './admission/validatingadmissionpolicybinding.ts';
import { mutatingWebhookConfiguration, validatingWebhookConfiguration } from './admission/webhooks.ts';
import { certificateSigningRequest } from './certificates/certificatesigningrequest.ts';
import { lease } from './coordination/lease.ts';
import { configMap } from './core/configmap.ts';
import { event } from './core/event.ts';
import { namespace } from './core/namespace.ts';
import { persistentVolumeClaim } from './core/persistentvolumeclaim.ts';
import { pod } from './core/pod.ts';
import { resourceQuota } from './core/resourcequota.ts';
import { secret } from './core/secret.ts';
import { service } from './core/service.ts';
import { serviceAccount, serviceAccountWith } from './core/serviceaccount.ts';
import type { Resource } from './define.ts';
import { eveKinds } from './eve/kinds.ts';
import { newEvent } from './events/event.ts';
import { customResourceDefinition } from './extensions/customresourcedefinition.ts';
import { kubeveKinds } from './kubeve/kinds.ts';
import { storageClass } from './storage/storageclass.ts';

/** What kinds need of the world beside the objects themselves. */
export interface Surroundings {
  /** Guards roles and bindings against escalation, and answers access reviews. */
  readonly rbac: Rbac;
  /** Answers TokenReviews: all sorts of tokens as one (`anyToken`). */
  readonly tokens: TokenMethod;
  /** Issues tokens of ServiceAccounts; absent: nobody can ask for one. */
  readonly accounts?: Accounts;
  /** Heartbeats and fetch times, shown in Devices. */
  readonly marks: Marks;
}

/** All kinds that are served. To add one: its file, and its line here. */
export const resources = ({ rbac, tokens, accounts, marks }: Surroundings): Resource[] => [
  namespace,
  configMap,
  secret,
  accounts ? serviceAccountWith(accounts) : serviceAccount,
  persistentVolumeClaim,
  resourceQuota,
  service,
  pod,
  event,
  newEvent,
  storageClass,
  lease,
  role(rbac),
  clusterRole(rbac),
  roleBinding(rbac),
  clusterRoleBinding(rbac),
  selfSubjectAccessReview(rbac),
  subjectAccessReview(rbac),
  localSubjectAccessReview(rbac),
  selfSubjectRulesReview(rbac),
  selfSubjectReview,
  selfSubjectReviewBeta,
  tokenReview(tokens),
  certificateSigningRequest(rbac),
  customResourceDefinition,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBeta,
  mutatingAdmissionPolicyBinding,
  mutatingAdmissionPolicyBindingBeta,
  validatingWebhookConfiguration,
  mutatingWebhookConfiguration,
  ...eveKinds(marks),
  ...kubeveKinds,
];
