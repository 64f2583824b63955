#!/usr/bin/env python3
"""PyTorch's side of the GPU check: the training steps of wta's workloads, eager and compiled.

Same shapes, optimisers and kind of first numbers as wta's side (dev.wta.workloads, Rates). Each step copies its batch
from pinned memory first, but for the large ones, whose batch stays on the device on both sides. Steps are timed by CUDA events around stretches of them; the median stretch counts. Writes
lines of who, what, how much, unit, with tabs between, as they are found; what the file has already is not measured again.
"""

import argparse
import statistics
import sys
import time

import torch
from torch import nn

STRETCHES = 5


class Fc(nn.Module):
    """FC-WTA: ReLU units, each keeps its k largest activations over the batch."""

    def __init__(self, inputs, units, k, tied):
        super().__init__()
        self.k = k
        self.encoder = nn.Parameter(0.01 * torch.randn(units, inputs))
        self.decoder = self.encoder if tied else nn.Parameter(0.01 * torch.randn(units, inputs))
        self.bias = nn.Parameter(torch.zeros(units))
        self.centre = nn.Parameter(torch.zeros(inputs))

    def forward(self, x):
        z = torch.relu(torch.addmm(self.bias, x, self.encoder.t()))
        values, places = torch.topk(z, self.k, dim=0)
        z = torch.zeros_like(z).scatter(0, places, values)
        return torch.addmm(self.centre, z, self.decoder)


class TopK(nn.Module):
    """A TopK autoencoder; `sparse` decodes from gathered rows, otherwise from the dense code."""

    def __init__(self, inputs, units, k, sparse):
        super().__init__()
        self.k = k
        self.sparse = sparse
        weights = inputs**-0.5 * torch.randn(units, inputs)
        self.encoder = nn.Parameter(weights.clone())
        self.decoder = nn.Parameter(weights.clone())
        self.bias = nn.Parameter(torch.zeros(units))
        self.centre = nn.Parameter(torch.zeros(inputs))

    def forward(self, x):
        z = torch.relu(torch.addmm(self.bias, x, self.encoder.t()))
        values, places = torch.topk(z, self.k, dim=1)
        if self.sparse:
            y = nn.functional.embedding_bag(
                places, self.decoder, per_sample_weights=values, mode="sum"
            )
            return y + self.centre
        z = torch.zeros_like(z).scatter(1, places, values)
        return torch.addmm(self.centre, z, self.decoder)


class Conv(nn.Module):
    """CONV-WTA: each map keeps its largest activation, and of these the k largest over the batch."""

    def __init__(self, layers, maps, k):
        super().__init__()
        self.k = k
        channels = [1] + [maps] * layers
        self.layers = nn.ModuleList(
            nn.Conv2d(c, maps, 5, padding=2) for c in channels[:layers]
        )
        self.deconvolution = nn.ConvTranspose2d(maps, 1, 11, padding=5)

    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        flat = x.flatten(2)
        best, place = flat.max(dim=2, keepdim=True)
        kept = torch.topk(best, self.k, dim=0).values[-1:]
        winners = torch.where(best >= kept, best, torch.zeros_like(best))
        code = torch.zeros_like(flat).scatter(2, place, winners)
        return self.deconvolution(code.view_as(x))


def step_of(model, optimizer, batches, device, compiled, bf16):
    """One training step, as a function of nothing; with `bf16`, products are bfloat16's."""

    def loss_of(x):
        with torch.autocast(device, dtype=torch.bfloat16, enabled=bf16):
            y = model(x)
        return (y.float() - x).square().sum() / x.shape[0]

    loss = torch.compile(loss_of) if compiled else loss_of
    turn = [0]

    def step():
        x = batches[turn[0] % len(batches)].to(device, non_blocking=True)
        turn[0] += 1
        optimizer.zero_grad(set_to_none=True)
        loss(x).backward()
        optimizer.step()

    return step


def rate(step, device, seconds=1.0, warm_up=3.0):
    """Steps a second: the median of stretches, each between two events of the device."""
    start = time.perf_counter()
    steps = 0
    while time.perf_counter() - start < warm_up or steps < 3:
        step()
        steps += 1
    wait(device)
    count = max(1, int(steps / (time.perf_counter() - start) * seconds))
    rates = []
    for _ in range(STRETCHES):
        if device == "cuda":
            first, last = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            first.record()
            for _ in range(count):
                step()
            last.record()
            torch.cuda.synchronize()
            rates.append(1000 * count / first.elapsed_time(last))
        else:
            begun = time.perf_counter()
            for _ in range(count):
                step()
            rates.append(count / (time.perf_counter() - begun))
    return statistics.median(rates)


def wait(device):
    if device == "cuda":
        torch.cuda.synchronize()


def pinned(numbers, device):
    return numbers.pin_memory() if device == "cuda" and not numbers.is_cuda else numbers


def findings(path):
    """Who and what of the file's lines but those that failed; of none where it is not there."""
    try:
        with open(path, encoding="utf-8") as lines:
            return {
                tuple(line.split("\t")[:2])
                for line in lines
                if line.count("\t") == 3 and "\tfailed\t" not in line
            }
    except FileNotFoundError:
        return set()


def pixels(count, *shape):
    return [torch.rand(*shape) * (torch.rand(*shape) < 0.19) for _ in range(count)]


def workloads(scale, device):
    """Name, model, optimiser and batches; `scale` shrinks them for a try-out."""

    def sgd(rate):
        return lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9, fused=True)

    def adam(p):
        return torch.optim.Adam(p, lr=1e-4, fused=True)

    units = 2000 // scale
    for name, tied in (("fc-wta-step", True), ("fc-wta-step-untied", False)):
        yield name, lambda t=tied: Fc(784, units, 5, t), sgd(0.01), lambda: pixels(50, 100, 784)
    for sparse in (False, True):
        name = "topk-step" + (" (gathered rows)" if sparse else "")
        yield (
            name,
            lambda s=sparse: TopK(768, 6144 // scale, 32, s),
            adam,
            lambda: [torch.randn(512 // scale, 768) for _ in range(8)],
        )
    for name, batch, layers, maps, k in (
        ("conv-wta-step", 32, 2, 128, 2),
        ("conv-wta-step-256", 256, 2, 128, 13),
        ("conv-wta-shallow-step", 100, 1, 64, 5),
    ):
        yield (
            name,
            lambda a=layers, m=maps // scale, w=k: Conv(a, m, w),
            sgd(3e-5),
            lambda b=batch: pixels(8, b, 1, 28, 28),
        )
    for name in ("topk-step-large", "topk-step-large bf16"):
        yield (
            name,
            lambda: TopK(4096 // scale, 65536 // scale, 32, False),
            adam,
            lambda: [torch.randn(4096 // scale, 4096 // scale, device=device)],
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="the file to write")
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--scale", type=int, default=1, help="shrink everything, for a try-out")
    arguments = parser.parse_args()
    device = arguments.device
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    failures = 0
    known = findings(arguments.out)
    with open(arguments.out, "a", encoding="utf-8") as out:

        def tell(who, what, value, unit):
            print(f"  {who:<16} {what:<30} {value} {unit}", file=sys.stderr)
            print(who, what, value, unit, sep="\t", file=out, flush=True)

        if ("torch", "gemm of 4096") not in known:
            side = 4096 // arguments.scale
            a, b = (torch.randn(side, side, device=device) for _ in range(2))
            product = torch.empty(side, side, device=device)
            products = rate(lambda: torch.mm(a, b, out=product), device)
            tell("torch", "gemm of 4096", f"{products * 2e-9 * side**3:.0f}", "GFLOP/s")
            del a, b, product
        for name, model_of, optimizer_of, batches_of in workloads(arguments.scale, device):
            for compiled in (False, True):
                who = "torch.compile" if compiled else "torch"
                if (who, name) in known:
                    continue
                try:
                    torch._dynamo.reset()
                    model = model_of().to(device)
                    batches = [pinned(batch, device) for batch in batches_of()]
                    optimizer = optimizer_of(list(model.parameters()))
                    bf16 = name.endswith("bf16")
                    step = step_of(model, optimizer, batches, device, compiled, bf16)
                    tell(who, name, f"{rate(step, device):.1f}", "steps/s")
                except Exception as problem:  # a shape that does not fit must not hide the others
                    failures += 1
                    reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
                    print(f"  {who} {name}: {reason}", file=sys.stderr)
                    tell(who, name, "failed", "steps/s")
                finally:
                    model = step = batches = optimizer = None
                    if device == "cuda":
                        torch.cuda.empty_cache()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
