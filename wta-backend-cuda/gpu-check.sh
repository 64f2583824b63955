#!/bin/sh
# Checks wta's CUDA backend on a machine with an NVIDIA driver (CUDA 12 or 13), Linux on x86-64, and nothing else: the
# archive that wta-backend-cuda/pack makes carries a Java runtime. Runs the backend contract, the first losses of every
# model, and the rates of training steps; beside them PyTorch's, if python3 has it with CUDA. Prints one table.
#
#   ./gpu-check.sh [--backend NAME] [--parts LIST] [--out DIR]
#
#   --backend NAME   another backend than cuda, to try this script where there is no GPU: cpu or reference
#   --parts LIST     of contract,losses,bench,torch; all by default
#   --out DIR        where findings and logs go; ./gpu-check-results by default
#
# The exit status is 0 if all is well, 1 if something is wrong, 2 if it cannot run here.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
backend=cuda
parts=contract,losses,bench,torch
out=gpu-check-results

die() {
  printf 'gpu-check: %s\n' "$1" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --backend | --parts | --out)
      [ $# -ge 2 ] || die "$1 needs a value"
      case $1 in
        --backend) backend=$2 ;;
        --parts) parts=$2 ;;
        --out) out=$2 ;;
      esac
      shift 2
      ;;
    -h | --help)
      sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p;}' "$0"
      exit 0
      ;;
    *) die "there is no option $1; see --help" ;;
  esac
done

[ -x "$here/java/bin/java" ] ||
  die "this is not the packed check; make it with wta-backend-cuda/pack, and unpack it on the machine with the GPU"
[ "$(uname -s)" = Linux ] && [ "$(uname -m)" = x86_64 ] ||
  die "it is packed for Linux on x86-64, not for $(uname -s) on $(uname -m)"

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

check() {
  "$here/java/bin/java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    --add-opens=java.base/java.nio=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -Dwta.cuda.path="$wheels" ${images:+"$images"} \
    -cp "$here/lib/*" dev.wta.backend.cuda.check.GpuCheck "$@"
}

# Runs a part, whose remarks go to a log and, without the JVM's on its incubator module, to the screen.
told() {
  log=$1
  shift
  ended=0
  check "$@" 2>"$log" || ended=$?
  grep -v '^WARNING: Using incubator' "$log" >&2 || true
  return "$ended"
}

told "$out/probe.log" probe "$backend" || exit 2

status=0
part() {
  wants "$1" || return 0
  printf '== %s\n' "$1" >&2
  rm -f "$out/$1.tsv"
  told "$out/$1.log" "$1" "$backend" "$out/$1.tsv" || status=1
}

part contract
part losses
part bench

if wants torch; then
  printf '== torch\n' >&2
  rm -f "$out/torch.tsv"
  if python3 -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2>/dev/null; then
    python3 "$here/gpu-bench.py" --out "$out/torch.tsv" 2>"$out/torch.log" || status=1
    cat "$out/torch.log" >&2
  else
    printf 'no PyTorch with CUDA in python3: its side is left out\n' >&2
  fi
fi

printf '\n'
told "$out/table.log" table "$out/contract.tsv" "$out/losses.tsv" "$out/bench.tsv" "$out/torch.tsv"
[ "$status" = 0 ] || printf '\nsomething is wrong: see %s\n' "$out" >&2
exit "$status"
