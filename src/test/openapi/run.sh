#!/usr/bin/env bash
# The description of the REST interface against the schema of OpenAPI 3.1. Needs node and npm's registry.
# usage: run.sh [FILE]   the resource by default; a URL's content may be saved and given.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../../.." && pwd)
work=$home/target/openapi
mkdir -p "$work"
cp "$here/package.json" "$work/"
(cd "$work" && npm install --silent --no-audit --no-fund)
cat >"$work/check.mjs" <<'JS'
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
const validator = new Validator();
const result = await validator.validate(JSON.parse(readFileSync(process.argv[2], 'utf8')));
console.log(`OpenAPI ${validator.version}: ${result.valid ? 'valid' : JSON.stringify(result.errors, null, 1)}`);
process.exit(result.valid ? 0 : 1);
JS
node "$work/check.mjs" "${1:-$home/src/main/resources/org/chorale/service/openapi.json}"
