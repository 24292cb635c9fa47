// Written by infra/proto.ts from proto/. Do not edit.
export interface UuidRequest {
}

export interface UuidResponse {
  uuid?: string | undefined;
  manufacturer?: string | undefined;
  product_name?: string | undefined;
}
