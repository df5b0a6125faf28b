#!/usr/bin/env bash
# Lays out a libtorch 2.4 for processors, which the feature `rust-bert` builds on, and prints the environment to set:
#
#   eval "$(.ci/libtorch.sh FOLDER)" && cargo test --features rust-bert --test rust_bert
#
# Needs Linux on x86-64, Python with pip, gcc and objdump. Takes 0.8 GB from PyPI once and keeps 0.5 GB. Those who have
# a libtorch 2.4, one with CUDA say, point LIBTORCH at it instead; those who can reach pytorch.org build with the
# feature `download-libtorch`.
#
# PyPI's wheel is the build with CUDA, but its libtorch_cpu.so needs only libcudart and libcupti, and of those a few
# symbols that are never reached without a device. So that library, libc10, libgomp and the headers are kept,
# libtorch_cuda.so is left out (the build links it where it sees it), and what is missing are stubs.
set -euo pipefail
dir=${1:?usage: libtorch.sh FOLDER}
version=2.4.1

lay_out() {
  local work=$1
  python3 -m pip download -q --no-cache-dir --no-deps --only-binary=:all: --dest "$work" \
    --python-version 3.11 --platform manylinux1_x86_64 "torch==$version" >&2
  python3 - "$work" "$dir" <<'PY'
import glob, os, shutil, sys, zipfile
work, out = sys.argv[1:]
keep = ("torch/include/", "torch/lib/libtorch_cpu.so", "torch/lib/libc10.so", "torch/lib/libgomp")
with zipfile.ZipFile(glob.glob(work + "/torch-*.whl")[0]) as wheel:
    for name in wheel.namelist():
        if name.startswith(keep) and not name.endswith("/"):
            target = os.path.join(out, name[len("torch/"):])
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with wheel.open(name) as source, open(target, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
PY
  stub "$work" libcudart.so.12 cuda
  stub "$work" libcupti.so.12 cupti
  echo | gcc -shared -fPIC -x c - -o "$dir/lib/libtorch.so" -Wl,-soname,libtorch.so
}

# The symbols of library $1 that libtorch_cpu.so wants.
wanted() {
  objdump -T "$dir/lib/libtorch_cpu.so" | awk -v lib="$1" '/\*UND\*/ && index($0, lib) { print $NF }' | sort -u
}

# Makes library $2, whose symbols start with $3 and answer that there is no device, in folder $1.
stub() {
  local source=$1/$2.c map=$1/$2.map symbol
  wanted "$2" | while read -r symbol; do
    case $symbol in
      cudaGetDeviceCount) echo "int $symbol(int *n) { *n = 0; return 100; }" ;; # cudaErrorNoDevice
      cudaGetErrorString) echo "const char *$symbol(int e) { (void)e; return \"no CUDA here\"; }" ;;
      *) echo "int $symbol(void) { return 999; }" ;; # cudaErrorUnknown
    esac
  done > "$source"
  echo "$2 { global: $3*; local: *; };" > "$map"
  gcc -shared -fPIC "$source" -o "$dir/lib/$2" -Wl,-soname,"$2" -Wl,--version-script="$map"
}

[[ $(uname -sm) == "Linux x86_64" ]] || { echo "libtorch.sh: expected Linux on x86-64, found $(uname -sm)" >&2; exit 1; }
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
if [[ ! -e $dir/complete ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  lay_out "$work"
  touch "$dir/complete"
fi
printf 'export LIBTORCH=%q LIBTORCH_CXX11_ABI=0 LD_LIBRARY_PATH=%q\n' "$dir" "$dir/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
