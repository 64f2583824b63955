#!/bin/sh
# Checks wta's CUDA backend on a machine with an NVIDIA driver (CUDA 12 or 13), Linux on x86-64, and nothing else: the
# archive that wta-backend-cuda/pack makes carries a Java runtime and wta. Prints one table of what was found, and which
# of the targets in docs/results/cuda-checks.md it reaches.
#
#   ./gpu-check.sh [--parts LIST] [--mnist DIR] [--minutes N] [--continue] [--backend NAME] [--out DIR] [--trial]
#
#   --parts LIST     of contract,losses,bench,torch,train,compare; all by default:
#                      contract  the backend contract, without and with CUDA graphs
#                      losses    the first losses of every model, beside the reference's
#                      bench     the rates of training steps and products, and of cuBLAS called directly, each in
#                                float32, TF32 and bfloat16
#                      torch     the same of PyTorch, eager, compiled and with CUDA graphs, if python3 has it with CUDA
#                      train     CONV-WTA of 128 maps on MNIST, and its features' error, if --mnist is given
#                      compare   the CPU and the backend side by side, by wta bench
#   --mnist DIR      the folder with MNIST's four IDX files, compressed by gzip or not
#   --minutes N      begins nothing after so many minutes, and says what is left; the order is that of the parts
#   --continue       of bench, torch and train, does only what --out has no finding of: for after a time limit
#   --backend NAME   another backend than cuda, to try this script where there is no GPU: cpu or reference
#   --out DIR        where findings and logs go; ./gpu-check-results by default
#   --trial          everything small and short, to try this script: the rates say nothing then
#
# Findings are kept as they are made; the table has those of earlier calls as well, and so has OUT/gpu-check.md, the page
# to keep under docs/results. The exit status is 0 if all is well, 1 if something is wrong, 2 if it cannot run here.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
all=contract,losses,bench,torch,train,compare
backend=cuda
parts=$all
out=gpu-check-results
mnist=
minutes=
continue=
trial=
asked=$*

die() {
  printf 'gpu-check: %s\n' "$1" >&2
  exit 2
}

say() {
  printf '%s\n' "$1" >&2
}

while [ $# -gt 0 ]; do
  case $1 in
    --backend | --parts | --out | --mnist | --minutes)
      [ $# -ge 2 ] || die "$1 needs a value"
      case $1 in
        --backend) backend=$2 ;;
        --parts) parts=$2 ;;
        --out) out=$2 ;;
        --mnist) mnist=$2 ;;
        --minutes) minutes=$2 ;;
      esac
      shift 2
      ;;
    --continue)
      continue=yes
      shift
      ;;
    --trial)
      trial=yes
      shift
      ;;
    -h | --help)
      sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
      exit 0
      ;;
    *) die "there is no option $1; see --help" ;;
  esac
done

case $minutes in
  *[!0-9]*) die "--minutes is a whole number, not $minutes" ;;
esac
ends=
[ -z "$minutes" ] || ends=$(($(date +%s) + 60 * minutes))

for part in $(printf '%s' "$parts" | tr ',' ' '); do
  case ,$all, in
    *",$part,"*) ;;
    *) die "there is no part $part; choose from $all" ;;
  esac
done

[ -x "$here/java/bin/java" ] ||
  die "this is not the packed check; make it with wta-backend-cuda/pack, and unpack it on the machine with the GPU"
[ "$(uname -s)" = Linux ] && [ "$(uname -m)" = x86_64 ] ||
  die "it is packed for Linux on x86-64, not for $(uname -s) on $(uname -m)"

# The file of MNIST whose name starts like that.
idx() {
  for file in "$mnist/$1" "$mnist/$1.gz"; do
    if [ -r "$file" ]; then
      printf '%s' "$file"
      return 0
    fi
  done
  die "$mnist has neither $1 nor $1.gz"
}

if [ -n "$mnist" ]; then # before anything takes time
  for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
    idx "$file-ubyte" >/dev/null
  done
fi

wants() {
  case ,$parts, in
    *",$1,"*) return 0 ;;
    *) return 1 ;;
  esac
}

mkdir -p "$out"

# Where pip keeps NVIDIA's libraries, for a Python outside the usual places.
wheels=
if command -v python3 >/dev/null 2>&1; then
  wheels=$(python3 - <<'PYTHON' || true
import glob, site, sys
folders = set(site.getsitepackages() + [site.getusersitepackages()] + sys.path)
print(":".join(sorted(p for f in folders if f for p in glob.glob(f + "/nvidia/*/lib"))))
PYTHON
  )
fi

# PTX that was compiled when this was packed serves where there is no NVRTC.
images=
[ ! -d "$here/images" ] || images=-Dwta.cuda.images=$here/images

# $1: the main class. GPU_CHECK_JAVA_OPTS: further options of the JVM, separated by blanks.
java() {
  # shellcheck disable=SC2086
  "$here/java/bin/java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    --add-opens=java.base/java.nio=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -XX:MaxRAMPercentage=70 -Duser.language=en ${trial:+-Dwta.check.trial=yes} \
    -Dwta.cuda.path="$wheels" ${images:+"$images"} ${GPU_CHECK_JAVA_OPTS-} \
    -cp "$here/lib/*" "$@"
}

check() {
  java dev.wta.backend.cuda.check.GpuCheck "$@"
}

wta() {
  java dev.wta.cli.Main "$@"
}

# Runs a command, whose remarks go to a log and, without the JVM's on its incubator module, to the screen.
told() {
  log=$1
  shift
  ended=0
  "$@" 2>"$log" || ended=$?
  grep -v '^WARNING: Using incubator' "$log" >&2 || true
  return "$ended"
}

# A finding that the check did not make itself.
note() {
  printf '%s\t%s\t%s\t%s\n' "$backend" "$2" "$3" "$4" >>"$out/$1.tsv"
  say "  $backend $2 $3 $4"
}

told "$out/probe.log" check probe "$backend" || exit 2

status=0

# Whether a part is to be run; what it found before is forgotten unless it can go on.
begins() {
  wants "$1" || return 1
  if [ -n "$ends" ] && [ "$(date +%s)" -ge "$ends" ]; then
    say "the time is over: $1 is left out"
    return 1
  fi
  say "== $1"
  case $continue$1 in
    yesbench | yestorch | yestrain) ;;
    *) rm -f "$out/$1.tsv" "$out/$1.txt" ;;
  esac
}

for part in contract losses bench; do
  if begins "$part"; then
    told "$out/$part.log" check "$part" "$backend" "$out/$part.tsv" || status=1
  fi
done

if begins torch; then
  if python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then
    python3 "$here/gpu-bench.py" --out "$out/torch.tsv" ${ends:+--minutes "$(((ends - $(date +%s)) / 60))"} \
      2>"$out/torch.log" || status=1
    cat "$out/torch.log" >&2
  else
    say 'no PyTorch with CUDA in python3: its side is left out'
  fi
fi

# The recipe of wta reproduce's mnist-conv at the small scale, which a CPU's run has judged at 0.71 %.
train() {
  if [ -n "$trial" ]; then
    maps=2 epochs=1 limit='--limit 200'
  else
    maps=128 epochs=8 limit=
  fi
  [ -n "$continue" ] || rm -rf "$out/mnist" "$out/conv-wta-$maps"
  mkdir -p "$out/mnist"
  for set in train t10k; do
    # shellcheck disable=SC2086
    [ -r "$out/mnist/$set.arrow" ] || wta import idx $limit --images "$(idx "$set-images-idx3-ubyte")" \
      --labels "$(idx "$set-labels-idx1-ubyte")" --out "$out/mnist/$set.arrow" || return 1
  done
  if ! grep -q 'training' "$out/train.tsv" 2>/dev/null; then
    rm -rf "$out/conv-wta-$maps" # one that was cut off has no time of its own
    start=$(date +%s)
    wta train --backend "$backend" --model conv-wta --data "$out/mnist/train.arrow" --out "$out/conv-wta-$maps" \
      --set "layers=${maps}conv5-${maps}conv5-${maps}deconv11" --set pool=5/3 --set schedule=cosine \
      --set "epochs=$epochs" || return 1
    note train training "$(($(date +%s) - start))" seconds
  fi
  if ! grep -q 'test error' "$out/train.tsv"; then
    wta probe --backend "$backend" --run "$out/conv-wta-$maps" --scaling square-root+sample-norm --json \
      --train "$out/mnist/train.arrow" --test "$out/mnist/t10k.arrow" >"$out/probe.json" || return 1
    note train 'test error' "$(sed -n 's/.*"testError" *: *\([-0-9.E]*\).*/\1/p' "$out/probe.json")" 'of the samples'
  fi
}

if begins train; then
  if [ -n "$mnist" ]; then
    train || status=1
  else
    say 'no --mnist DIR: training on MNIST is left out'
  fi
fi

if [ "$backend" != cpu ] && begins compare; then
  wta bench --backend "cpu,$backend" --quick ${trial:+--workload fc-wta-step} >"$out/compare.txt" || status=1
  cat "$out/compare.txt" >&2
fi

told "$out/table.log" check table "$out/contract.tsv" "$out/losses.tsv" "$out/bench.tsv" "$out/torch.tsv" \
  "$out/train.tsv" >"$out/table.txt"

# The page to keep.
{
  printf '# gpu-check, %s\n\n' "$(date -u +%Y-%m-%d)"
  printf '| | |\n|---|---|\n'
  printf '| device | %s |\n' "$(sed -n "s/^$backend: //p" "$out/probe.log")"
  printf '| driver | %s |\n' "$(sed -n '1s/.*Module *//p' /proc/driver/nvidia/version 2>/dev/null || true)"
  printf '| processor | %s, %s cores |\n' "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)"
  printf '| PyTorch | %s |\n' "$(python3 -c 'import torch; print(torch.__version__)' 2>/dev/null || printf none)"
  printf '| command | `gpu-check.sh %s` |\n\n' "$asked"
  printf 'Rates are medians of five stretches. The rows of PyTorch: see the head of `gpu-bench.py`.\n\n'
  printf '```\n'
  cat "$out/table.txt"
  printf '```\n'
  if [ -s "$out/compare.txt" ]; then
    printf '\n`wta bench --backend cpu,%s --quick`:\n\n```\n' "$backend"
    cat "$out/compare.txt"
    printf '```\n'
  fi
} >"$out/gpu-check.md"

printf '\n'
cat "$out/table.txt"
printf '\nkeep %s as docs/results/gpu-check-%s.md, and its targets in docs/results/cuda-checks.md\n' \
  "$out/gpu-check.md" "$(date -u +%Y-%m-%d)"
[ "$status" = 0 ] || printf '\nsomething is wrong: see %s\n' "$out" >&2
exit "$status"
