#!/usr/bin/env bash
# Checks the files of this folder with tools that need neither a Docker daemon nor a Kubernetes API server. What is not
# installed is named and left out. From Debian: kubectl (kubernetes-client), systemd, docker-compose, shellcheck; from npm,
# into a temporary folder: kubernetes-models (the schemas of the API), dclint, dockerfilelint.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
bad=0

check() { # NAME TOOL COMMAND...: one line a check
  local name=$1 tool=$2
  shift 2
  if ! command -v "$tool" >/dev/null; then
    echo "$name: not checked ($tool is missing)"
  elif "$@" >"$tools/log" 2>&1; then
    echo "$name: good"
  else
    echo "$name: bad"
    sed 's/^/  /' "$tools/log"
    bad=1
  fi
}

cat >"$tools/package.json" <<<'{"private": true}'
(cd "$tools" && npm install --silent kubernetes-models@4.5.1 js-yaml@4 dclint@3.1.0 dockerfilelint@1.8.0 >/dev/null 2>&1)

# Every object against its schema.
cat >"$tools/objects.cjs" <<'JS'
const yaml = require("js-yaml");
let bad = 0;
for (const object of yaml.loadAll(require("fs").readFileSync(0, "utf8"))) {
  const type = require(`kubernetes-models/${object.apiVersion}/${object.kind}`)[object.kind];
  try {
    new type(object).validate();
  } catch (error) {
    bad++;
    console.log(`${object.kind} ${object.metadata.name}: ${error.message}`);
  }
}
process.exit(bad ? 1 : 0);
JS

# shellcheck disable=SC2317 # called by check
objects() { kubectl kustomize "$here/kubernetes/$1" | node "$tools/objects.cjs"; }
# shellcheck disable=SC2317 # called by check
compose() { # Compose before version 2 does not know the name of a project
  sed '/^name:/d' "$here/compose.yaml" >"$tools/compose.yaml"
  ARCHIVE=/srv/archive DATABASE_PASSWORD=secret docker-compose -f "$tools/compose.yaml" config
}

npm=$tools/node_modules/.bin
check "kubernetes/base (schemas)" kubectl objects base
check "kubernetes/gpu (schemas)" kubectl objects gpu
check "compose.yaml (docker-compose config)" docker-compose compose
check "compose.yaml (dclint)" "$npm/dclint" "$npm/dclint" "$here/compose.yaml"
# An argument for a base image is a remark to it; the argument has a default with a tag.
sed 's/^FROM \${RUNTIME}/FROM runtime:default/' "$here/Dockerfile" >"$tools/Dockerfile"
check "Dockerfile (dockerfilelint)" "$npm/dockerfilelint" "$npm/dockerfilelint" "$tools/Dockerfile"
check "systemd (systemd-analyze verify)" systemd-analyze systemd-analyze verify "$here/systemd/chorale-batch@.service"
check "chorale, lint.sh (shellcheck)" shellcheck shellcheck "$here/../chorale" "$here/lint.sh"
exit $bad
