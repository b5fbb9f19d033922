#!/usr/bin/env bash
# Trains tts-v1 from what speech-v1's training leaves behind.
# usage: run.sh WORK_DIR SPEECH_CHECKPOINT OUT_DIR
#   WORK_DIR: real.pcm, real.jsonl, real-labels.jsonl (decode_real.py and relabel.py of speech-v1/train)
set -euo pipefail
cd "$(dirname "$0")"
work=$1 speech=$2 out=$3
python=${PYTHON:-/usr/bin/python3}
export OMP_NUM_THREADS=1

"$python" prepare.py "$work" "$speech" "$out" --probe
"$python" prepare.py "$work" "$speech" "$out" --blocks 7
"$python" train_generator.py "$work" "$out" "$out/generator.pt" --seconds "${GENERATOR_SECONDS:-1920}"
"$python" resynthesise.py "$work" "$out" "$out/generator.pt" "$speech" "$out/wav"
"$python" train_text.py "$work" "$out" "$out/generator.pt" "$out/text.pt" --seconds "${TEXT_SECONDS:-1080}"
"$python" compare.py "$work" "$out" "$out/generator.pt" "$out/text.pt"
"$python" export.py "$out" "$speech" "$out/generator.pt" "$out/text.pt" ..
"$python" measure.py "$work" "$out" "$speech" "$out/measure"
