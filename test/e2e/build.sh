#!/usr/bin/env bash
# Builds what the end-to-end tests use and npm does not bring: Helm 3, Helm 4, an operator on controller-runtime, what
# Flux applies with, and an S3 server. That is versitygw: one program from one Go module, where moto would want Python and
# s3mock a JVM; it keeps objects as plain files and does conditional writes as S3 does: of many racers one wins.
# Needs Go. They are kept outside the checkout, in $KUBEVE_CLIENTS (~/.cache/kubeve-e2e/bin), and built once per version.
# A client that cannot be built is left out, and said so; its tests are skipped then.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export GOBIN=${KUBEVE_CLIENTS:-$HOME/.cache/kubeve-e2e/bin}
mkdir -p "$GOBIN"

helm3=v3.22.0
helm4=v4.3.1
versitygw=v1.8.0

missing=0
leave_out() {
  echo "left out: $1"
  missing=1
}

# helm NAME MODULE VERSION
helm() {
  local program=$GOBIN/$1
  if [ -x "$program" ] && "$program" version --template '{{.Version}}' 2>/dev/null | grep -q "${3%.*}"; then return; fi
  local place
  place=$(mktemp -d)
  if GOBIN=$place go install "$2/cmd/helm@$3"; then mv "$place/helm" "$program"; else leave_out "$1: $2@$3 did not build"; fi
  rm -rf "$place"
}

if ! command -v go >/dev/null; then
  leave_out 'Helm 3, Helm 4, the operator, Flux and versitygw: there is no Go toolchain'
  exit "$missing"
fi
helm helm3 helm.sh/helm/v3 "$helm3"
helm helm4 helm.sh/helm/v4 "$helm4"
# own NAME: a program whose source is here
own() {
  local source program=$GOBIN/$1 isOld=no
  for source in "$here/$1"/main.go "$here/$1"/go.mod; do [ "$program" -nt "$source" ] || isOld=yes; done
  [ "$isOld" = no ] || (cd "$here/$1" && go build -o "$program" .) || leave_out "$1 did not build"
}
own operator
own flux
s3=github.com/versity/versitygw
if ! go version -m "$GOBIN/versitygw" 2>/dev/null | grep -q "$s3[[:space:]]*$versitygw[[:space:]]"; then
  go install "$s3/cmd/versitygw@$versitygw" || leave_out "versitygw: $s3@$versitygw did not build"
fi
exit "$missing"
