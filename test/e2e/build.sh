#!/usr/bin/env bash
# Builds what the end-to-end tests use and npm does not bring: Helm 3, Helm 4, k9s, the newest kubectl, clients for Python,
# Java and Rust, an operator on controller-runtime, the controllers of Flux and Argo CD, and an S3 server. That is versitygw:
# one program from one Go module, where moto would want Python and s3mock a JVM; it keeps objects as plain files and does
# conditional writes as S3 does: of many racers one wins.
# Needs Go, and Python, a JDK with Maven and Rust for their clients. They are kept outside the checkout, in $KUBEVE_CLIENTS
# (~/.cache/kubeve-e2e/bin), and built once per version.
# A client that cannot be built is left out, and said so; its tests are skipped then.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export GOBIN=${KUBEVE_CLIENTS:-$HOME/.cache/kubeve-e2e/bin}
mkdir -p "$GOBIN"

helm3=v3.22.0
helm4=v4.3.1
k9s=v0.50.16
kubectl=1.37
python=37.0.2
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

if ! [ "$("$GOBIN/python/bin/python" -c 'import kubernetes; print(kubernetes.__version__)' 2>/dev/null)" = "$python" ]; then
  { python3 -m venv "$GOBIN/python" && "$GOBIN/python/bin/pip" install --quiet "kubernetes==$python"; } ||
    leave_out "the Python client: kubernetes==$python could not be installed"
fi
# The clients for Java, and what is done with them here.
if ! command -v javac >/dev/null || ! command -v mvn >/dev/null; then
  leave_out "the clients for Java: there is no JDK with Maven"
elif ! [ "$GOBIN/java/pom.xml" -nt "$here/java/pom.xml" ] || [ -n "$(find "$here/java" -name '*.java' -newer "$GOBIN/java/pom.xml")" ]; then
  rm -rf "$GOBIN/java"
  if mvn -q -B -f "$here/java/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$GOBIN/java/lib" &&
    javac -cp "$GOBIN/java/lib/*" -d "$GOBIN/java/classes" "$here"/java/*.java; then
    cp "$here/java/pom.xml" "$GOBIN/java/pom.xml"
  else
    rm -rf "$GOBIN/java"
    leave_out "the clients for Java: they did not build"
  fi
fi
# The client for Rust, and what is done with it here.
if ! command -v cargo >/dev/null; then
  leave_out "the client for Rust: there is no cargo"
elif ! diff -rq "$here/rust" "$GOBIN/rust.source" >/dev/null 2>&1; then
  rm -rf "$GOBIN/rust" "$GOBIN/rust.source"
  place=$(mktemp -d)
  if CARGO_TARGET_DIR=$place cargo build -q --locked --manifest-path "$here/rust/Cargo.toml"; then
    mv "$place/debug/rust" "$GOBIN/rust"
    cp -R "$here/rust" "$GOBIN/rust.source"
  else
    leave_out "the client for Rust did not build"
  fi
  rm -rf "$place"
fi
if ! command -v go >/dev/null; then
  leave_out 'Helm 3, Helm 4, k9s, kubectl, the operator, Flux, Argo CD and versitygw: there is no Go toolchain'
  exit "$missing"
fi
helm helm3 helm.sh/helm/v3 "$helm3"
helm helm4 helm.sh/helm/v4 "$helm4"
# foreign NAME MODULE VERSION [FOLDER]: a program of a module, with the name of its folder
foreign() {
  if go version -m "$GOBIN/$1" 2>/dev/null | grep -q "$2[[:space:]]*$3[[:space:]]"; then return; fi
  go install "$2${4:-}@$3" || leave_out "$1: $2@$3 did not build"
}
foreign k9s github.com/derailed/k9s "$k9s"
foreign versitygw github.com/versity/versitygw "$versitygw" /cmd/versitygw
# own NAME [PROGRAM] [FLAG…]: a program whose source is here
own() {
  local source isOld=no program=$GOBIN/${2:-$1}
  for source in "$here/$1"/main.go "$here/$1"/go.mod; do [ "$program" -nt "$source" ] || isOld=yes; done
  [ "$isOld" = no ] || (cd "$here/$1" && go build "${@:3}" -o "$program" .) || leave_out "$1 did not build"
}
own operator
own kubectl "kubectl.$kubectl" -ldflags "-X k8s.io/component-base/version.gitVersion=v$kubectl.0"
# Flux's controllers come with their definitions.
if ! cmp -s "$here/flux/go.mod" "$GOBIN/flux/go.mod"; then
  rm -rf "$GOBIN/flux"
  if (cd "$here/flux" && go build -o "$GOBIN/flux/" github.com/fluxcd/{source,kustomize}-controller); then
    mkdir "$GOBIN/flux/crds"
    for source in source kustomize; do
      cp "$(cd "$here/flux" && go list -m -f '{{.Dir}}' "github.com/fluxcd/$source-controller")"/config/crd/bases/*.yaml "$GOBIN/flux/crds"
    done
    chmod u+w "$GOBIN"/flux/crds/*
    cp "$here/flux/go.mod" "$GOBIN/flux"
  else
    rm -rf "$GOBIN/flux"
    leave_out "Flux did not build"
  fi
fi
# Argo CD is installed from its own manifests, and calls a script of its own.
own argocd
if [ -x "$GOBIN/argocd" ] && ! [ "$GOBIN/argocd.files" -nt "$here/argocd/go.mod" ]; then
  source=$(cd "$here/argocd" && go list -m -f '{{.Dir}}' github.com/argoproj/argo-cd/v3)
  rm -rf "$GOBIN/argocd.files"
  mkdir "$GOBIN/argocd.files"
  cp -R "$source/manifests" "$source/hack/git-verify-wrapper.sh" "$GOBIN/argocd.files"
  chmod -R u+w "$GOBIN/argocd.files"
  chmod +x "$GOBIN/argocd.files/git-verify-wrapper.sh"
fi
exit "$missing"
