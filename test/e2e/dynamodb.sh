#!/usr/bin/env bash
# Fetches DynamoDB Local, AWS's own emulator, and all it needs from Maven Central, once per version. Needs Java and Maven.
# It is kept outside the checkout, in $KUBEVE_CLIENTS (~/.cache/kubeve-e2e/bin). Where it cannot be had it is left out, and
# said so; its tests are skipped then.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
place=${KUBEVE_CLIENTS:-$HOME/.cache/kubeve-e2e/bin}/dynamodb
if ! command -v java >/dev/null || ! command -v mvn >/dev/null; then
  echo 'left out: DynamoDB Local: there is no Java with Maven'
  exit 1
fi
[ "$place/pom.xml" -nt "$here/dynamodb/pom.xml" ] && exit 0
rm -rf "$place"
if mvn -q -B -f "$here/dynamodb/pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
  -DincludeScope=runtime -DoutputDirectory="$place/lib"; then
  cp "$here/dynamodb/pom.xml" "$place/pom.xml"
else
  echo 'left out: DynamoDB Local: Maven could not fetch it'
  exit 1
fi
