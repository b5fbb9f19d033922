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
"$python" train_generator.py "$work" "$out" "$out/first.pt" --seconds "${FIRST_SECONDS:-1920}"
"$python" train_text.py "$work" "$out" "$out/first.pt" "$out/text.pt" --seconds "${TEXT_SECONDS:-1080}"
"$python" train_transducer.py "$work" "$out" "$out/first.pt" "$out/text.pt" "$out/transducer.pt" --seconds "${TRANSDUCER_SECONDS:-1800}"
"$python" compare.py "$work" "$out" "$out/first.pt" "$out/text.pt" "$out/transducer.pt"
# With many more speakers, and tokens as the text model says them, the generator learns to listen to a reference.
"$python" prepare_speakers.py "$work" "$speech" "$out"
"$python" said.py "$work" "$out" "$out/text.pt"
"$python" train_generator.py "$work" "$out" "$out/generator.pt" --init "$out/first.pt" --seconds "${GENERATOR_SECONDS:-1500}" --lr 6e-4
"$python" resynthesise.py "$work" "$out" "$out/generator.pt" "$speech" "$out/wav"
"$python" pace.py "$work" "$out" "$speech" "$out/pace.pt"
"$python" listener.py "$work" "$out" "$out/listener.pt" --seconds "${LISTENER_SECONDS:-300}"
"$python" cloning.py "$work" "$out" "$speech" "$out/first.pt" "$out/generator.pt" "$out/text.pt" --listener "$out/listener.pt"
"$python" export.py "$work" "$out" "$speech" "$out/first.pt" "$out/generator.pt" "$out/text.pt" "$out/transducer.pt" "$out/pace.pt" ..
"$python" expected.py .. ../../../src/test/resources/org/chorale/synth/expected-tokens.json
"$python" measure.py "$work" "$out" "$speech" "$out/measure" --listener "$out/listener.pt"
