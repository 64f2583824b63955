#!/usr/bin/env bash
# FC-WTA's relatives on MNIST, each as its family's defaults have it: trains, probes, and prints test error and seconds.
#
#   docs/results/mnist-relatives.sh MNIST_DIR [OUT_DIR]
#
# MNIST_DIR holds the four IDX files, gzipped. A run that is already in OUT_DIR is resumed, not begun again.
set -euo pipefail
mnist=${1:?usage: docs/results/mnist-relatives.sh MNIST_DIR [OUT_DIR]}
out=${2:-runs/mnist-relatives}
wta="$(dirname "${BASH_SOURCE[0]}")/../../wta"
mkdir -p "$out"

"$wta" import idx --images "$mnist/train-images-idx3-ubyte.gz" --labels "$mnist/train-labels-idx1-ubyte.gz" --out "$out/train.arrow"
"$wta" import idx --images "$mnist/t10k-images-idx3-ubyte.gz" --labels "$mnist/t10k-labels-idx1-ubyte.gz" --out "$out/test.arrow"

# NAME FAMILY [SETTING ...]
measure() {
  name=$1 family=$2
  shift 2
  run=$out/$name
  resume=
  [ -e "$run/config.json" ] && resume=--resume
  begin=$SECONDS
  "$wta" train --model "$family" --data "$out/train.arrow" --out "$run" $resume "${@/#/--set=}" >&2
  "$wta" probe --run "$run" --train "$out/train.arrow" --test "$out/test.arrow" --json >"$run/probe.json"
  error=$(sed -n 's/.*"testError" *: *\([0-9.eE-]*\).*/\1/p' "$run/probe.json")
  awk -v name="$name" -v error="$error" -v seconds=$((SECONDS - begin)) \
    'BEGIN { printf "%-24s test error %.2f %%   %d s\n", name, 100 * error, seconds }'
}

measure k-sparse k-sparse
measure denoising denoising-autoencoder
measure dropout dropout-autoencoder
measure rbm wta-rbm competition=none
measure wta-rbm wta-rbm
