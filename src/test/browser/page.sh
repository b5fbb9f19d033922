#!/usr/bin/env bash
# The page of 'chorale serve' in a browser, with a fake microphone. Needs chromium, node, ffmpeg and npm's registry (ws):
#   apt-get install -y chromium nodejs npm ffmpeg
# usage: page.sh [OUT]   screenshots go to OUT (target/browser by default): look at them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../../.." && pwd)
out=${1:-$home/target/browser}
work=$home/target/browser-test
mkdir -p "$out" "$work"
cp "$here"/*.mjs "$here/package.json" "$work/"
(cd "$work" && npm install --silent --no-audit --no-fund)
audio=$home/audio-fixtures/speech/austen-0870.flac
# A second of silence before it: the browser opens the file before the page listens.
ffmpeg -v error -y -i "$audio" -af adelay=1000:all=1,apad=pad_dur=3 -ar 48000 -ac 1 -c:a pcm_s16le "$work/microphone.wav"
# Builds it, if need be: that takes longer than a start may.
"$home/chorale" --version
# With a token, so that the page has to ask for it.
export CHORALE_SERVICE_TOKEN=token-of-the-browser-test
"$home/chorale" serve --port 0 2>"$work/serve.log" &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true' EXIT
for _ in $(seq 600); do
  url=$(sed -n 's/^chorale: listening at //p' "$work/serve.log")
  [ -n "$url" ] && break
  kill -0 $server || { cat "$work/serve.log" >&2; exit 1; }
  sleep 0.2
done
cd "$work"
[ -n "$url" ] || { echo "the service does not start" >&2; cat serve.log >&2; exit 1; }
node page.mjs "$url" "$audio" "${audio%.flac}.txt" "$work/microphone.wav" "$out"
node live.mjs "$url" "${audio%.flac}.txt" "$work/microphone.wav" "$out"
