#!/usr/bin/env bash
# FC-WTA on MNIST, from import to probe, for three seeds: prints each seed's test error and seconds, then mean and spread.
#
#   docs/results/mnist-fc-wta.sh MNIST_DIR [OUT_DIR]
#
# MNIST_DIR holds the four IDX files, gzipped. A run that is already in OUT_DIR is resumed, not begun again.
set -euo pipefail
mnist=${1:?usage: docs/results/mnist-fc-wta.sh MNIST_DIR [OUT_DIR]}
out=${2:-runs/mnist-fc-wta}
wta="$(dirname "${BASH_SOURCE[0]}")/../../wta"
mkdir -p "$out"

begin=$SECONDS
"$wta" import idx --images "$mnist/train-images-idx3-ubyte.gz" --labels "$mnist/train-labels-idx1-ubyte.gz" --out "$out/train.arrow"
"$wta" import idx --images "$mnist/t10k-images-idx3-ubyte.gz" --labels "$mnist/t10k-labels-idx1-ubyte.gz" --out "$out/test.arrow"
import_seconds=$((SECONDS - begin))

for seed in 1 2 3; do
  run=$out/seed-$seed
  resume=
  [ -e "$run/config.json" ] && resume=--resume
  begin=$SECONDS
  "$wta" train --model fc-wta --data "$out/train.arrow" --out "$run" --seed $seed $resume >&2
  "$wta" probe --run "$run" --train "$out/train.arrow" --test "$out/test.arrow" --json >"$run/probe.json"
  error=$(sed -n 's/.*"testError" *: *\([0-9.eE-]*\).*/\1/p' "$run/probe.json")
  echo "$seed $error $((SECONDS - begin + import_seconds))"
done | awk '
  { e = 100 * $2; sum += e; squares += e * e; n++
    printf "seed %d   test error %.2f %%   %d s from import to probe\n", $1, e, $3 }
  END { mean = sum / n
    printf "mean %.2f %%, standard deviation over seeds %.2f %%\n", mean, sqrt((squares - n * mean * mean) / (n - 1)) }'
