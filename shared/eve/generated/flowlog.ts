// Written by infra/proto.ts from proto/. Do not edit.
import type * as protobuf from './protobuf.ts';

export interface IpFlow {
  src?: string | undefined;
  srcPort?: number | undefined;
  dest?: string | undefined;
  destPort?: number | undefined;
  protocol?: number | undefined;
}

export interface ScopeInfo {
  uuid?: string | undefined;
  intf?: string | undefined;
  localIntf?: string | undefined;
  netInstUUID?: string | undefined;
}

export interface FlowRecord {
  flow?: IpFlow | undefined;
  inbound?: boolean | undefined;
  aclId?: number | undefined;
  aclName?: string | undefined;
  startTime?: protobuf.Timestamp | undefined;
  endTime?: protobuf.Timestamp | undefined;
  txBytes?: number | bigint | undefined;
  txPkts?: number | bigint | undefined;
  rxBytes?: number | bigint | undefined;
  rxPkts?: number | bigint | undefined;
  action?: ACLAction | undefined;
}

export interface DnsRequest {
  hostName?: string | undefined;
  addrs?: string[] | undefined;
  requestTime?: protobuf.Timestamp | undefined;
  aclNum?: number | undefined;
}

export interface FlowMessage {
  devId?: string | undefined;
  scope?: ScopeInfo | undefined;
  flows?: FlowRecord[] | undefined;
  dnsReqs?: DnsRequest[] | undefined;
}

export const ACLAction = {
  ActionUnknown: 0,
  ActionDrop: 1,
  ActionAccept: 2,
} as const;
export type ACLAction = number;
