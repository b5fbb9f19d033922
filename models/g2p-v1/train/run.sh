#!/usr/bin/env bash
# Trains g2p-v1: ./run.sh SHARED_DATA [WORK_DIR]. Resumable. About 35 minutes on one core.
# Goes on from the weights that ship; FROM_NOTHING=1 starts a new net (then give SECONDS_OF_TRAINING=2400).
set -eu
shared=$(cd "${1:?give the folder of the training data (../shared/data)}" && pwd)
cd "$(dirname "$0")"
work=$(mkdir -p "${2:-work}" && cd "${2:-work}" && pwd)
python=${PYTHON:-/usr/bin/python3}
packages="python3-torch python3-onnx espeak-ng libespeak-ng1 espeak-ng-data wbritish
  $(python3 -c 'import sys; sys.path.insert(0, "../../common"); import wordlists; print(*wordlists.PACKAGES)')"
# shellcheck disable=SC2086 # packages are words
if ! dpkg -s $packages >/dev/null 2>&1; then
  [ "$(id -u)" = 0 ] || { echo "run.sh: install these packages, then run it again:" $packages >&2; exit 1; }
  apt-get update && apt-get install -y --no-install-recommends $packages
fi
rate=2e-3
[ -f "$work/words.done" ] || { $python data.py "$work"; touch "$work/words.done"; }
if [ -z "${FROM_NOTHING:-}" ]; then
  rate=1e-3
  [ -f "$work/g2p.pt" ] || $python restore.py .. "$work"
fi
[ -f "$work/g2p.done" ] || { $python train.py "$work" --seconds "${SECONDS_OF_TRAINING:-1400}" --lr $rate; touch "$work/g2p.done"; }
$python export.py "$work" "$shared" ..
