#!/usr/bin/env bash
# Reads what Chorale writes with the readers of others: FFmpeg, libass, Praat, sclite, mp3splt, xmllint and those
# of npm, Maven Central and Debian's Python.
# usage: src/test/readers/run.sh [docs/formats.md]      (writes the table into the file, if named)
# needs: a built jar, ffmpeg, node, npm, mvn; apt-get install praat sctk mp3splt libxml2-utils python3-mido python3-pysrt \
#        python3-srt python3-webvtt
# EAF_XSD=FILE validates ELAN's files by ELAN's schema (EAFv3.0.xsd), which is not ours to distribute.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
work="$root/target/readers"
mkdir -p "$work/node" "$work/java" "$work/out"
cp "$here/package.json" "$work/node/"
(cd "$work/node" && npm install --silent --no-fund --no-audit)
mvn -B -q -f "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$work/java"
jar=$(ls -t "$root"/target/chorale-*-all.jar | head -1)
exec /usr/bin/python3 "$here/readers.py" "$jar" "$work/node" "$work/java" "$work/out" "$@"
