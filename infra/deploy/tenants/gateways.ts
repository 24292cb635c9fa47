import type { Declared, Host } from './declared.ts';
import type { Resources } from './fragment.ts';
import { toLogicalId } from './place.ts';

/** The host names of a tenant, at the gateways of `infra/domains.yml`. `truststore`: whose certificates clients need; '': none. */
export const toGateways = ({ kubeHosts, eveHosts }: Declared, truststore: string): Resources => ({
  ...Object.assign({}, ...kubeHosts.map(host => toKubeGateway(host, truststore))),
  ...Object.assign({}, ...eveHosts.map(toDeviceGateway)),
});

const toKubeGateway = ({ name, certificate, zone }: Host, truststore: string): Resources => {
  const id = `KubeDomain${toLogicalId(name)}`;
  return {
    [id]: {
      Type: 'AWS::ApiGateway::DomainName',
      Properties: {
        DomainName: name,
        RegionalCertificateArn: certificate,
        EndpointConfiguration: { Types: ['REGIONAL'] },
        SecurityPolicy: 'TLS_1_2',
        ...(truststore !== '' && { MutualTlsAuthentication: { TruststoreUri: truststore } }),
      },
    },
    [`KubeMapping${toLogicalId(name)}`]: {
      Type: 'AWS::ApiGateway::BasePathMapping',
      Properties: { DomainName: { Ref: id }, RestApiId: { Ref: 'KubeApi' }, Stage: { Ref: 'KubeStage' } },
    },
    ...(zone !== '' && { [`KubeRecord${toLogicalId(name)}`]: toRecord(id, name, zone) }),
  };
};

const toDeviceGateway = ({ name, certificate, zone }: Host): Resources => {
  const id = `DeviceDomain${toLogicalId(name)}`;
  return {
    [id]: {
      Type: 'AWS::ApiGatewayV2::DomainName',
      Properties: {
        DomainName: name,
        DomainNameConfigurations: [
          { CertificateArn: certificate, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' },
        ],
      },
    },
    [`DeviceMapping${toLogicalId(name)}`]: {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      Properties: { DomainName: { Ref: id }, ApiId: { Ref: 'DeviceApi' }, Stage: { Ref: 'DeviceStage' } },
    },
    ...(zone !== '' && { [`DeviceRecord${toLogicalId(name)}`]: toRecord(id, name, zone) }),
  };
};

const toRecord = (id: string, name: string, zone: string) => ({
  Type: 'AWS::Route53::RecordSet',
  Properties: {
    HostedZoneId: zone,
    Name: name,
    Type: 'A',
    AliasTarget: {
      DNSName: { 'Fn::GetAtt': [id, 'RegionalDomainName'] },
      HostedZoneId: { 'Fn::GetAtt': [id, 'RegionalHostedZoneId'] },
    },
  },
});
