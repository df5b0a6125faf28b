#!/usr/bin/env bash
# Lays out what `benches/peers.rs` compares us with, and prints the environment to set:
#
#   eval "$(.ci/peers.sh FOLDER)" && cargo bench --features peers --bench peers
#
# Needs Python 3.10 or newer with venv. Takes onnxruntime, onnx and spaCy from PyPI once (0.2 GB), and writes our weights
# in f32 and as ONNX models. spaCy's small model comes from GitHub: where that cannot be reached, the same network untrained
# is timed, until a model is installed in FOLDER/venv by other means.
set -euo pipefail
dir=${1:?usage: peers.sh FOLDER}
top=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
python=$dir/venv/bin/python

# Of these weights: others are written anew.
weights=$(sha256sum < "$top/models/attache-small/model.safetensors")

lay_out() {
  python3 -m venv "$dir/venv"
  "$python" -m pip install -q numpy safetensors onnx onnxruntime spacy
  "$python" -m spacy download en_core_web_sm 2> /dev/null || echo "peers.sh: no small model of spaCy: GitHub not reached"
  "$python" "$top/.ci/peers.py" "$top/models/attache-small" "$dir"
}

if [[ $(cat "$dir/complete" 2> /dev/null) != "$weights" ]]; then
  lay_out >&2
  echo "$weights" > "$dir/complete"
fi
libraries=("$dir"/venv/lib/python3*/site-packages/onnxruntime/capi/libonnxruntime.*)
printf 'export ATTACHE_PEERS=%q ORT_DYLIB_PATH=%q\n' "$dir" "${libraries[0]}"
