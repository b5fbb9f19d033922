#!/usr/bin/env bash
# The page of 'chorale preview' in a browser, and a video by FFmpeg. Needs chromium, node and ffmpeg:
#   apt-get install -y chromium nodejs ffmpeg
# usage: run.sh [OUT]   screenshots and frames go to OUT (target/browser by default): look at them.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../../.." && pwd)
out=${1:-$home/target/browser}
mkdir -p "$out"
audio=$home/audio-fixtures/speech/austen-0870.flac
"$home/chorale" align "$audio" "${audio%.flac}.txt" -l en --phones --quiet -o "$out/austen.json"
for kind in html png mp4; do
  "$home/chorale" preview "$out/austen.json" "$audio" --quiet -o "$out/austen.$kind"
done
"$home/chorale" preview "$out/austen.json" "$audio" --spectrogram -o "$out/austen-spectrogram.png"
node "$here/preview.mjs" "$out/austen.html" "$out/austen.json" "$out"
ffprobe -v error -show_entries stream=codec_name,width,height,r_frame_rate,duration -of csv=p=0 "$out/austen.mp4"
for second in 0.5 3 5; do
  ffmpeg -v error -y -ss "$second" -i "$out/austen.mp4" -frames:v 1 "$out/video-$second.png"
done
