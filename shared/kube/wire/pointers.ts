/**
 * Whether a zero in this field of a protobuf message was meant: the encoding writes every field that Go does not hold by
 * pointer, so that elsewhere zero stands for "not given" and JSON leaves it out. Listed are the pointers, and the few
 * other fields that JSON always carries.
 */
export const isPointer = (message: string, field: string): boolean =>
  pointers.get(message.slice(message.lastIndexOf('.') + 1))?.has(field) ?? false;

const pointers: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    ObjectMeta: 'deletionGracePeriodSeconds',
    OwnerReference: 'controller blockOwnerDeletion',
    ListMeta: 'remainingItemCount',
    DeleteOptions:
      'gracePeriodSeconds orphanDependents propagationPolicy ignoreStoreReadErrorWithClusterBreakingPotential',
    Preconditions: 'uid resourceVersion',
    PatchOptions: 'force',
    ListOptions: 'timeoutSeconds sendInitialEvents',
    ConfigMap: 'immutable',
    Secret: 'immutable',
    ServiceAccount: 'automountServiceAccountToken',
    PersistentVolumeClaimSpec: 'storageClassName volumeMode volumeAttributesClassName',
    PersistentVolumeClaimStatus: 'currentVolumeAttributesClassName',
    TypedLocalObjectReference: 'apiGroup',
    TypedObjectReference: 'apiGroup namespace',
    ServiceSpec:
      'ipFamilyPolicy allocateLoadBalancerNodePorts loadBalancerClass internalTrafficPolicy trafficDistribution',
    ServicePort: 'appProtocol port',
    ClientIPConfig: 'timeoutSeconds',
    LoadBalancerIngress: 'ipMode',
    PortStatus: 'error port',
    PersistentVolumeSpec: 'volumeMode volumeAttributesClassName',
    HostPathVolumeSource: 'type',
    LocalVolumeSource: 'fsType',
    GlusterfsPersistentVolumeSource: 'endpointsNamespace',
    AzureDiskVolumeSource: 'cachingMode fsType readOnly kind',
    AzureFilePersistentVolumeSource: 'secretNamespace',
    FCVolumeSource: 'lun',
    ISCSIPersistentVolumeSource: 'initiatorName lun',
    TokenRequestSpec: 'expirationSeconds',
    LeaseSpec: 'holderIdentity leaseDurationSeconds leaseTransitions strategy preferredHolder',
    StorageClass: 'reclaimPolicy allowVolumeExpansion volumeBindingMode',
    CertificateSigningRequestSpec: 'expirationSeconds',
    ScaleStatus: 'replicas',
    SubjectAccessReviewStatus: 'allowed',
    SubjectRulesReviewStatus: 'incomplete',
    ValidatingAdmissionPolicySpec: 'failurePolicy',
    MutatingAdmissionPolicySpec: 'failurePolicy',
    MatchResources: 'matchPolicy',
    Rule: 'scope',
    Validation: 'reason',
    ParamRef: 'parameterNotFoundAction',
    ValidatingWebhook: 'failurePolicy matchPolicy sideEffects timeoutSeconds',
    MutatingWebhook: 'failurePolicy matchPolicy sideEffects timeoutSeconds reinvocationPolicy',
    WebhookClientConfig: 'url',
    ServiceReference: 'path port',
    CustomResourceDefinitionVersion: 'served storage deprecationWarning',
    CustomResourceSubresourceScale: 'labelSelectorPath',
    JSONSchemaProps:
      'ref maximum minimum maxLength minLength maxItems minItems multipleOf maxProperties minProperties ' +
      'xKubernetesPreserveUnknownFields xKubernetesListType xKubernetesMapType',
    ValidationRule: 'reason optionalOldSelf',
  }).map(([message, fields]) => [message, new Set(fields.split(' '))]),
);
