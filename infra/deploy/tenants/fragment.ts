import { clusterPath } from '../../../functions/tenants/place.ts';
import type { Deployed } from './ensure.ts';
import { outputName, toOutput } from './entrance.ts';
import { toGateways } from './gateways.ts';
import { toPolicies } from './policies.ts';
import { toStream } from './stream.ts';

/** Of a template of CloudFormation, by their names. */
export type Resources = Readonly<Record<string, unknown>>;

/** What serverless.yml takes from the file that the parameter `tenants` names; `infra/alone.yml` is one for no tenants. */
export interface Fragment {
  readonly stream: readonly unknown[];
  readonly resources: { readonly Resources: Resources; readonly Outputs: Resources };
}

export interface FragmentParts {
  /** Prefix of the installation's own keys. */
  readonly own: string;
  readonly tenants: readonly Deployed[];
  /** Host name of the installation's own Kubernetes API; '': the function's own URL. */
  readonly domain: string;
  /** S3 URIs of client authorities, by the names of tenants: where there is one, clients need a certificate of it. */
  readonly truststores: ReadonlyMap<string, string>;
  readonly mtls: boolean;
}

/** What a stack has for its tenants. */
export const toFragment = ({ own, tenants, domain, truststores, mtls }: FragmentParts): Fragment => {
  // A gateway that asks for certificates of the installation's own authority lets no tenant's people through.
  const shared = domain !== '' && !mtls ? `https://${domain}` : undefined;
  return {
    stream: toStream([own, ...tenants.map(({ name }) => name)]),
    resources: {
      Resources: {
        ...toPolicies(tenants),
        ...Object.assign({}, ...tenants.map(one => toGateways(one, truststores.get(one.name) ?? ''))),
      },
      Outputs: Object.fromEntries(tenants.map(one => [outputName(one.name), toEntrance(one, shared)])),
    },
  };
};

const toEntrance = ({ name, kubeHosts, eveHosts }: Deployed, shared: string | undefined) => {
  const [kube] = kubeHosts;
  const [device] = eveHosts;
  // A function's URL ends with a slash.
  const base = shared ?? `\${KubeLambdaFunctionUrl.FunctionUrl}`;
  const path = shared === undefined ? clusterPath(name).slice(1) : clusterPath(name);
  const text = toOutput({
    name,
    kubeUrl: kube ? `https://${kube.name}` : `${base}${path}`,
    ...(device && { deviceUrl: `https://${device.name}` }),
  });
  return { Description: `Where the tenant ${name} is reached`, Value: { 'Fn::Sub': text } };
};
