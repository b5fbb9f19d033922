#!/usr/bin/env bash
# Trains g2p-v1 from nothing: ./run.sh SHARED_DATA [WORK_DIR]. Resumable. About 40 minutes on one core.
set -eu
shared=$(cd "${1:?give the folder of the training data (../shared/data)}" && pwd)
cd "$(dirname "$0")"
work=$(mkdir -p "${2:-work}" && cd "${2:-work}" && pwd)
python=${PYTHON:-/usr/bin/python3}
packages="python3-torch python3-onnx espeak-ng libespeak-ng1 espeak-ng-data wamerican wbritish wngerman wfrench wspanish
  witalian wportuguese wdutch"
# shellcheck disable=SC2086 # packages are words
if ! dpkg -s $packages >/dev/null 2>&1; then
  [ "$(id -u)" = 0 ] || { echo "run.sh: install these packages, then run it again:" $packages >&2; exit 1; }
  apt-get update && apt-get install -y --no-install-recommends $packages
fi
[ -f "$work/words-nl.tsv" ] || $python data.py "$work"
[ -f "$work/g2p.done" ] || { $python train.py "$work" --seconds "${SECONDS_OF_TRAINING:-1100}"; touch "$work/g2p.done"; }
$python export.py "$work" "$shared" ..
