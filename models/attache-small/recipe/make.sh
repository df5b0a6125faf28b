#!/usr/bin/env bash
# Makes the model from a folder of data, a stage at a time:
#
#   pip install -r requirements.txt
#   ./make.sh STAGE DATA WORK
#
# The stages in order: bases prepare public annotated teacher label distil choose refine correct polish export quantise
# evaluate.
#
# DATA holds annotated/{train,dev}.txt in the gold notation, labelled/*.tsv in columns and text/*.txt, running text.
# WORK takes everything made; a stage that was stopped goes on where it was. models/README.md says what each took.
set -euo pipefail
stage=${1:?usage: make.sh STAGE DATA WORK} data=${2:?usage: make.sh STAGE DATA WORK} work=${3:?usage: make.sh STAGE DATA WORK}
here=$(cd "$(dirname "$0")" && pwd)
run() { python "$here/$1.py" "${@:2}"; }
small=$work/bases/all-MiniLM-L6-v2 large=$work/bases/all-mpnet-base-v2
dev="--dev $work/dev.jsonl"

case $stage in
  bases) run bases "$work/bases" ;;
  prepare)
    run annotate "$data/annotated/train.txt" "$work/train.jsonl"
    run annotate "$data/annotated/dev.txt" "$work/dev.jsonl"
    run relabel "$data/labelled" "$work/public.jsonl"
    run pool "$data" "$work/dev.jsonl" "$work/train.jsonl" "$work/pool.jsonl"
    run standoff "$work/pool.jsonl" "$here/doubtful.tsv" "$work/doubtful.jsonl" "$work/held.jsonl"
    run headlines 1800 "$work/headlines.jsonl" ;;
  public)
    run fine_tune --base "$small" --train "$work/public.jsonl" $dev --out "$work/public" \
      --rate 4e-4 --epochs 1 --tokens 3072 ;;
  annotated)
    run fine_tune --base "$small" --from "$work/public/weights.safetensors" --train "$work/train.jsonl" $dev \
      --out "$work/annotated" ;;
  teacher)
    run fine_tune --base "$large" --train "$work/train.jsonl" $dev --out "$work/teacher" \
      --rate 1e-4 --epochs 2 --other-case 0.05 --other-names 0.2 ;;
  label)
    run soft_label --base "$large" --weights "$work/teacher/weights.safetensors" --text "$work/pool.jsonl" \
      --first 56000 --out "$work/soft-large"
    run soft_label --base "$small" --weights "$work/annotated/weights.safetensors" --text "$work/pool.jsonl" \
      --first 56000 --out "$work/soft-small" ;;
  distil)
    run distil --base "$small" --from "$work/annotated/weights.safetensors" --train "$work/train.jsonl" \
      --soft "$work/soft-large" "$work/soft-small" --epochs 2 --other-case 0.3 --other-names 0.2 $dev --out "$work/distilled" ;;
  choose)
    run choose --base "$small" --weights "$work/distilled/weights.safetensors" --text "$work/pool.jsonl" \
      --count 30000 --out "$work/chosen.jsonl"
    run soft_label --base "$large" --weights "$work/teacher/weights.safetensors" --text "$work/chosen.jsonl" \
      --out "$work/chosen-large"
    run soft_label --base "$small" --weights "$work/distilled/weights.safetensors" --text "$work/chosen.jsonl" \
      --out "$work/chosen-small" ;;
  refine)
    run distil --base "$small" --from "$work/distilled/weights.safetensors" --train "$work/train.jsonl" \
      --soft "$work/chosen-large" "$work/chosen-small" --epochs 2 --other-case 0.3 --other-names 0.2 --seed 2 $dev \
      --out "$work/refined" ;;
  correct)
    head -n 2200 "$work/train.jsonl" | cat "$work/doubtful.jsonl" - > "$work/correct.jsonl"
    run fine_tune --base "$large" --from "$work/teacher/weights.safetensors" --train "$work/correct.jsonl" \
      --dev "$work/held.jsonl" --out "$work/corrected" --rate 3e-5 --epochs 1 --other-case 0.05 --other-names 0.1 --seed 5
    run choose --base "$small" --weights "$work/refined/weights.safetensors" --text "$work/pool.jsonl" \
      --count 26000 --out "$work/open.jsonl"
    run soft_label --base "$large" --weights "$work/corrected/weights.safetensors" --text "$work/open.jsonl" \
      --out "$work/open-large"
    run soft_label --base "$small" --weights "$work/refined/weights.safetensors" --text "$work/open.jsonl" \
      --out "$work/open-small"
    run distil --base "$small" --from "$work/refined/weights.safetensors" --train "$work/train.jsonl" \
      "$work/doubtful.jsonl" "$work/doubtful.jsonl" --soft "$work/open-large" "$work/open-small" --epochs 2 \
      --other-case 0.3 --other-names 0.2 --seed 3 $dev --out "$work/taught" ;;
  polish)
    for teacher in large small; do
      mkdir -p "$work/last-$teacher"
      cp "$work/open-$teacher"/part-02[0-5].pt "$work/last-$teacher"
    done
    run distil --base "$small" --from "$work/taught/weights.safetensors" --train "$work/train.jsonl" \
      "$work/doubtful.jsonl" "$work/headlines.jsonl" --soft "$work/last-large" "$work/last-small" --epochs 1 --rate 1e-4 \
      --other-case 0.3 --other-names 0.2 --seed 4 $dev --out "$work/polished" ;;
  export) run export --base "$small" --weights "$work/polished/weights.safetensors" --out "$work/folder" \
      --temperature 1.2 ;;
  quantise) run quantise "$work/folder" "$here/.." ;;
  evaluate)
    run evaluate --base "$small" --weights "$work/polished/weights.safetensors" --sentences "$work/dev.jsonl" \
      --plot "$work/calibration.png" ;;
  *) echo "make.sh: no stage $stage" >&2; exit 2 ;;
esac
