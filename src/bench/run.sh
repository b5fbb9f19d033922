#!/usr/bin/env bash
# Runs the benchmarks; arguments go to JMH, e.g.: src/bench/run.sh -p stem=work/en60 -p language=en 'search|refinement'
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mvn -B -q -Pbench -Dspotless.check.skip=true test-compile dependency:build-classpath -Dmdep.outputFile=target/bench.classpath
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "target/classes:target/bench-classes:$(cat target/bench.classpath)" \
  org.openjdk.jmh.Main "$@"
