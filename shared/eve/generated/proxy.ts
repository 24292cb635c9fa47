// Written by infra/proto.ts from proto/. Do not edit.
export interface SCEPProxyRequest {
  scep_profile_name?: string | undefined;
  operation?: SCEPOperation | undefined;
  message?: Uint8Array | undefined;
  http_method?: HTTPMethod | undefined;
  http_header_fields?: HTTPHeaderField[] | undefined;
}

export interface HTTPHeaderField {
  name?: string | undefined;
  value?: string | undefined;
}

export interface SCEPProxyResponse {
  scep_profile_name?: string | undefined;
  operation?: SCEPOperation | undefined;
  message?: Uint8Array | undefined;
  http_status_code?: number | undefined;
  http_header_fields?: HTTPHeaderField[] | undefined;
  error_body?: Uint8Array | undefined;
}

export const SCEPOperation = {
  SCEP_OPERATION_UNSPECIFIED: 0,
  SCEP_OPERATION_GET_CA_CAPS: 1,
  SCEP_OPERATION_GET_CA_CERT: 2,
  SCEP_OPERATION_GET_NEXT_CA_CERT: 3,
  SCEP_OPERATION_PKI_MESSAGE: 4,
} as const;
export type SCEPOperation = number;

export const HTTPMethod = {
  HTTP_METHOD_UNSPECIFIED: 0,
  HTTP_METHOD_GET: 1,
  HTTP_METHOD_POST: 2,
} as const;
export type HTTPMethod = number;
