#!/usr/bin/env bash
# The clients of docs/clients, against a mock that speaks the protocol and against 'chorale serve'. Needs node, npm's
# registry (ws), ffmpeg and python3-websockets.
# usage: run.sh [WEBSOCKET_URL [TOKEN]]   with a URL: against the service that runs there instead.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../../.." && pwd)
work=$home/target/clients
mkdir -p "$work"
cp "$here"/*.mjs "$here/package.json" "$home/src/test/browser/mock.mjs" "$home"/docs/clients/* "$work/"
(cd "$work" && npm install --silent --no-audit --no-fund)
audio=$home/audio-fixtures/speech/austen-0870.flac
text=${audio%.flac}.txt
# -bitexact: a header of 44 bytes and nothing else.
ffmpeg -v error -y -i "$audio" -ar 16000 -ac 1 -c:a pcm_s16le -bitexact "$work/speech.wav"
"$home/chorale" align "$work/speech.wav" "$text" -l en --quiet -o "$work/speech.json"
cd "$work"
if [ $# -gt 0 ]; then
  node clients.mjs "$1" speech.wav "$text" speech.json ${2:+"$2"}
  exit
fi
echo "against the mock:"
node clients.mjs mock speech.wav "$text" speech.json
token=token-of-the-client-test
CHORALE_SERVICE_TOKEN=$token "$home/chorale" serve --port 0 2>serve.log &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true' EXIT
url=
for _ in $(seq 600); do
  url=$(sed -n 's/^chorale: listening at http\(.*\)$/ws\1v1\/align/p' serve.log)
  [ -n "$url" ] && break
  kill -0 $server || break
  sleep 0.2
done
[ -n "$url" ] || { echo "the service does not start" >&2; cat serve.log >&2; exit 1; }
echo "against the service:"
node clients.mjs "$url" speech.wav "$text" speech.json "$token"
