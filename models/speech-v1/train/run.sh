#!/usr/bin/env bash
# Trains speech-v1 from nothing: ./run.sh SHARED_DATA [WORK_DIR]. Resumable: what is there is not made again, a stage
# that was broken off goes on from its checkpoint. About 5.5 hours on two cores; WORK_DIR takes 7 GB, POOL 2 GB.
# DEVICE=cuda trains on a GPU. SCALE=0.02 shortens every stage for a trial. TARGET is the model folder, .. by default.
set -eu
shared=$(cd "${1:?give the folder of the training data (../shared/data)}" && pwd)
cd "$(dirname "$0")"
work=$(mkdir -p "${2:-work}" && cd "${2:-work}" && pwd)
pool=${POOL:-$work/pool}
python=${PYTHON:-/usr/bin/python3}
scale=${SCALE:-1}
device=${DEVICE:-cpu}
target=${TARGET:-..}

install() {
  packages="python3-torch python3-onnx python3-scipy espeak-ng libespeak-ng1 espeak-ng-data flite ffmpeg libopusfile0 gcc
    libc6-dev wamerican wngerman wfrench wspanish witalian wportuguese wdutch wpolish wswedish wcatalan hunspell-ru
    hunspell-tr hunspell-cs hunspell-hu hunspell-ro hunspell-el dict-freedict-fin-eng festival festvox-kallpc16k festvox-kdlpc16k"
  # shellcheck disable=SC2086 # packages are words
  dpkg -s $packages >/dev/null 2>&1 && return
  [ "$(id -u)" = 0 ] || { echo "run.sh: install these packages, then run it again:" $packages >&2; exit 1; }
  # shellcheck disable=SC2086
  apt-get update && apt-get install -y --no-install-recommends $packages
}

# espeak-ng crashes on a rare text: a part that does not come out is tried again with other random choices.
synthetic() { # engine part hours
  for try in 0 1 2 3; do
    [ -f "$work/synthetic-$1-$2.jsonl" ] && return
    $python synthesise.py "$shared" "$work" "$1" "$(($2 + 1000 * try))" "$3" || true
    for ending in pcm jsonl; do # under its own name, whichever try made it
      [ "$try" = 0 ] || mv -f "$work/synthetic-$1-$(($2 + 1000 * try)).$ending" "$work/synthetic-$1-$2.$ending" 2>/dev/null || true
    done
  done
  [ -f "$work/synthetic-$1-$2.jsonl" ] || { echo "run.sh: no synthetic speech $1 $2" >&2; exit 1; }
}

seconds() { awk "BEGIN { print $1 * $scale }"; }

stage() { # checkpoint, the one it starts from or "", seconds, first and last learning rate
  [ -f "$work/$1.done" ] && return
  $python train.py "$pool" "$work/$1.pt" ${2:+--init "$work/$2.pt"} --seconds "$(seconds "$3")" --lr "$4" --final-lr "$5" \
    --device "$device"
  touch "$work/$1.done"
}

relabel() { # name of the round, checkpoint
  [ -f "$work/$1.done" ] && return
  $python relabel.py "$work" "$work/$2.pt" --limit "$(seconds 20000 | cut -d. -f1)"
  touch "$work/$1.done"
}

install
for part in $(seq 0 "$(seconds 10)" | cut -d. -f1 | sort -un); do synthetic espeak "$part" 0.12; done
# Ten more languages have hours of their own in synthesise.py; all come with every part.
synthetic flite 0 2
synthetic flite 1 2
[ -f "$work/real.jsonl" ] && [ -f "$work/music.jsonl" ] || $python decode_real.py "$shared" "$work"

# Augmented features are made on a core of their own, without end.
$python augment.py "$shared" "$work" "$pool" 1 150 real=1.6 synthetic=1 >>"$work/augment.log" 2>&1 &
augmenter=$!
trap 'kill $augmenter 2>/dev/null || true' EXIT

stage stage1 "" 1500 2e-3 2e-4           # synthetic speech only
relabel round1 stage1
stage stage2 stage1 2300 1.2e-3 2.8e-4   # and real speech, by its first labels
relabel round2 stage2                    # from here on with durations
stage stage3a stage2 2300 9e-4 3.9e-4
relabel round3 stage3a
stage stage3 stage3a 1900 3.9e-4 1e-5
relabel round4 stage3
stage stage4 stage3 5250 8e-4 8e-6
relabel round5 stage4                    # for the durations
kill $augmenter 2>/dev/null || true
$python export.py "$work" "$work/stage4.pt" "$target"
$python durations.py "$work" "$target"
$python bias.py "$shared" "$work" "$target" --write
$python boundaries.py "$shared" "$work" "$target" --seed 1 --write
$python evaluate.py "$work" "$work/stage4.pt" "$shared/speech/dev-truth/manifest.tsv"
$python calibrate.py "$shared" "$work" "$target" --write
