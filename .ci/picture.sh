#!/usr/bin/env bash
# Makes the README's picture of a report, examples/report.png: `.ci/picture.sh`. Needs Chromium, or CHROMIUM=its path.
#
# `.ci/picture.sh looks FOLDER` puts four pictures of the whole page there instead: light and dark, wide and narrow.
set -euo pipefail
cd "$(dirname "$0")/.."

browser() {
  local name
  for name in ${CHROMIUM:-} chromium chromium-browser google-chrome; do
    command -v "$name" && return
  done
  echo "no Chromium: set CHROMIUM to its path" >&2
  return 1
}

# The page in $1 as a picture in $2, $3 pixels wide and $4 high; what follows goes to the browser.
# Chromium makes no window narrower than 500 pixels.
take() {
  local page=$1 picture=$2 size=$3,$4
  shift 4
  "$chromium" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --disable-lcd-text --user-data-dir="$profile" \
    --window-size="$size" --screenshot="$picture" "$@" "file://$page" 2> /dev/null
}

chromium=$(browser)
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
page=$(cargo run --release --quiet --example html_report)
dark=--blink-settings=preferredColorScheme=0
if [ "${1:-}" = looks ]; then
  folder=$(realpath "$2")
  for width in 500 1100; do
    take "$page" "$folder/light-$width.png" "$width" 2200
    take "$page" "$folder/dark-$width.png" "$width" 2200 "$dark"
  done
  exit
fi
# The page in two columns, since it is long and the README is not: $2 pixels of it, from pixel $1 on.
column() {
  local frame="border:0; width:500px; height:2200px; margin-top:-$1px"
  printf '<div style="overflow:hidden; height:%dpx"><iframe src="file://%s" style="%s"></iframe></div>' "$2" "$page" "$frame"
}
columns=$profile/columns.html
printf '<!DOCTYPE html><body style="margin:0; display:flex; gap:20px">%s%s' "$(column 0 1034)" "$(column 1034 1076)" > "$columns"
take "$columns" "$PWD/examples/report.png" 1020 1076 --force-device-scale-factor=0.85
size=$(wc -c < examples/report.png)
echo "examples/report.png: $size bytes"
[ "$size" -lt 150000 ]
