#!/usr/bin/env bash
# Makes the fixtures again from Debian packages; run in this folder as a user who may install, or with
#   espeak-ng ffmpeg pocketsphinx-testdata asterisk-core-sounds-es-wav asterisk-core-sounds-fr-wav
#   asterisk-core-sounds-it-wav
# installed. Encoders change from release to release, so that files need not come out byte for byte.
set -eu
cd "$(dirname "$0")"
packages="espeak-ng ffmpeg pocketsphinx-testdata asterisk-core-sounds-es-wav asterisk-core-sounds-fr-wav asterisk-core-sounds-it-wav"
# shellcheck disable=SC2086 # packages are words
dpkg -s $packages >/dev/null 2>&1 || apt-get install -y --no-install-recommends $packages
mkdir -p speech formats
say() { # voice speed text stem
  printf '%s\n' "$3" >"$4.txt"
  espeak-ng -v "$1" -s "$2" -f "$4.txt" --stdout | ffmpeg -v error -y -i - -af adelay=200 -ac 1 -ar 16000 -c:a pcm_s16le "$4.wav"
}
copy() { # package's file, text, stem
  printf '%s\n' "$2" >"$3.txt"
  ffmpeg -v error -y -i "$1" -ac 1 -ar 16000 -c:a flac -map_metadata -1 "$3.flac"
}
librivox=/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb
copy $librivox-0870.wav \
  "And Mister John Dashwood had then leisure to consider how much there might be prudently in his power to do for them." \
  speech/austen-0870
copy $librivox-0880.wav "He was not an ill-disposed young man." speech/austen-0880
sounds=/usr/share/asterisk/sounds
copy $sounds/fr/pbx-invalid.wav \
  "Désolé, ce numéro de poste n'est pas valide. Veuillez essayer de nouveau." speech/asterisk-fr
copy $sounds/es/priv-introsaved.wav \
  "Gracias, por favor espere mientras intento comunicarle." speech/asterisk-es
copy $sounds/it/priv-introsaved.wav \
  "Grazie. Attenda cortesemente mentre tento di connetterla con il suo interlocutore!" speech/asterisk-it

say en-gb 150 "The quick brown fox jumps over the lazy dog, and 25 foxes follow it at once." formats/fox
encode() { ffmpeg -v error -y -i formats/fox.wav -map_metadata -1 -fflags +bitexact "$@"; }
encode -c:a flac formats/fox.flac
encode -c:a libmp3lame -b:a 64k formats/fox.mp3
encode -c:a aac -b:a 64k formats/fox.m4a
encode -c:a libvorbis -q:a 4 formats/fox.ogg
encode -c:a libopus -b:a 32k formats/fox.opus
encode -c:a libopus -b:a 32k formats/fox.webm
picture="color=c=black:s=32x32:r=5"
ffmpeg -v error -y -f lavfi -i $picture -i formats/fox.wav -shortest -c:v libx264 -c:a aac -b:a 128k \
  -ar 44100 -ac 2 formats/fox.mp4
ffmpeg -v error -y -f lavfi -i $picture -i formats/fox.wav -shortest -c:v libx264 -c:a libvorbis -q:a 6 \
  -ar 48000 -ac 2 formats/fox.mkv
ffmpeg -v error -y -f lavfi -i $picture -t 2 -c:v libx264 formats/no-audio.mp4
