#!/usr/bin/env bash
# Builds the library for 64-bit ARM on Linux on x86-64 and tests its kernels there under qemu:
#
#   .ci/aarch64.sh FOLDER
#
# No part of `.ci/run`: it takes 0.2 GB from Debian once, keeps 0.9 GB in FOLDER and builds there, and qemu is slow.
# Needs Rust, Debian's apt, and its packages gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user-static.
#
# rustc and its standard library for ARM are those of Debian's unstable, unpacked in FOLDER and run with the libraries
# they came with, so that nothing is installed and no other list of packages is touched. cargo is the one that is here.
# What is shown is that the answers are right; times under qemu say nothing of a processor's.
set -euo pipefail
dir=${1:?usage: aarch64.sh FOLDER}
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
cd "$(dirname "$0")/.."
root=$dir/debian

lay_out() {
  mkdir -p "$dir"/apt/{etc/apt.conf.d,etc/preferences.d,state/lists/partial,cache/archives/partial} "$root"
  touch "$dir/apt/state/status"
  echo "deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
    "http://deb.debian.org/debian unstable main" > "$dir/apt/etc/sources.list"
  # The list is signed; a mirror that lags may still have one whose date has passed.
  cat > "$dir/apt/apt.conf" << CONF
Dir::Etc "$dir/apt/etc";
Dir::State "$dir/apt/state";
Dir::State::status "$dir/apt/state/status";
Dir::Cache "$dir/apt/cache";
APT::Architecture "amd64";
APT::Architectures { "amd64"; "arm64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Check-Valid-Until "false";
CONF
  export APT_CONFIG=$dir/apt/apt.conf
  apt-get -q update
  apt-get -q -y install --download-only rustc # and what it runs with
  (cd "$dir/apt/cache/archives" && apt-get -q download libstd-rust-dev:arm64)
  for package in "$dir"/apt/cache/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
  rm -r "$dir/apt"
  cat > "$dir/rustc" << RUSTC
#!/bin/sh
exec "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" \\
  "$root/usr/bin/rustc" --sysroot "$root/usr" "\$@"
RUSTC
  chmod +x "$dir/rustc"
}

step() { printf '\n== %s\n' "$*"; "$@"; }

[[ $(uname -sm) == "Linux x86_64" ]] || { echo "aarch64.sh: expected Linux on x86-64, found $(uname -sm)" >&2; exit 1; }
if [[ ! -e $dir/complete ]]; then
  (lay_out)
  touch "$dir/complete"
fi

export RUSTC=$dir/rustc CARGO_TARGET_DIR=$dir/target CARGO_BUILD_TARGET=aarch64-unknown-linux-gnu
export CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_DEBUG=0 CARGO_TERM_PROGRESS_WHEN=never
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
on() { export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64-static -cpu $1 -L /usr/aarch64-linux-gnu"; }

on cortex-a72 # without the dot product
step cargo test --release --lib encoder::kernel
on max
step cargo test --release --lib encoder::kernel
for isa in neon neondot; do
  ATTACHE_ISA=$isa step cargo test --release --lib encoder::parity
  ATTACHE_ISA=$isa step cargo test --release --test article
done
step cargo build --release --example article
for isa in scalar neon neondot; do
  ATTACHE_ISA=$isa cargo run -q --release --example article > "$dir/$isa"
  step cmp "$dir/scalar" "$dir/$isa"
done
echo
echo "all steps passed"
