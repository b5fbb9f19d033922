#!/usr/bin/env bash
# The clients of docs/clients. Needs node, npm's registry (ws), ffmpeg and python3-websockets.
# usage: run.sh [WEBSOCKET_URL [TOKEN]]   against a service that runs; without one, against a mock that speaks the protocol.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../../.." && pwd)
work=$home/target/clients
mkdir -p "$work"
cp "$here"/*.mjs "$here/package.json" "$home/src/test/browser/mock.mjs" "$home"/docs/clients/* "$work/"
(cd "$work" && npm install --silent --no-audit --no-fund)
audio=$home/audio-fixtures/speech/austen-0870.flac
# -bitexact: a header of 44 bytes and nothing else.
ffmpeg -v error -y -i "$audio" -ar 16000 -ac 1 -c:a pcm_s16le -bitexact "$work/speech.wav"
"$home/chorale" align "$audio" "${audio%.flac}.txt" -l en --quiet -o "$work/speech.json"
cd "$work"
node clients.mjs "${1:-mock}" speech.wav "${audio%.flac}.txt" speech.json ${2:+"$2"}
