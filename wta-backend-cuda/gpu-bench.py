#!/usr/bin/env python3
"""PyTorch's side of the GPU check: the training steps of wta's workloads, as PyTorch's users run them.

Every row has its precision in its name, and is compared with wta's row of the same name:

  float32  float32 products, TF32 off everywhere. For products of matrices that is PyTorch's default
  tf32     TF32 for products of matrices and for convolutions. For convolutions that is PyTorch's default
  bf16     autocast to bfloat16

and is measured in three modes: "torch" (eager), "torch.compile", and "reduce-overhead" (torch.compile with CUDA graphs).
A TopK autoencoder is written in three ways, of which the name has the second or third at its end: the code is
multiplied out (as SAELens does), "bags" (the decoder is an embedding_bag), and "winners" (the encoder's backward pass
touches winners only as well, as in EleutherAI's sparsify). Convolutions are also measured in channels_last.

Same shapes, optimisers and kind of first numbers as wta's side (dev.wta.workloads, Rates). Each step copies its batch
from pinned memory first, but for the large ones, whose batch stays on the device on both sides. The first three losses
of each row have to be those of the plain way in float32, up to the precision; only then is it timed, by CUDA events
around stretches of steps, of which the median counts.

Writes a line for each row as it is found, with tabs between its four fields: the mode, the row, the rate, and its unit,
"steps/s" or "GFLOP/s"; the rate is "failed" where the row could not be measured. What the file has already is not
measured again. The rows that targets are about come first. The exit status is 1 if a row failed.
"""

import argparse
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

STRETCHES = 5
STRETCH_SECONDS = 0.4
WARM_UP_SECONDS = 1.0
CHECKED_STEPS = 3

# How far the first losses may be off, as a part of themselves.
TOLERANCE = {"float32": 1e-3, "tf32": 1e-2, "bf16": 3e-2}

# What torch.compile is told in each mode; nothing where it is not used.
MODES = {"torch": None, "torch.compile": "default", "reduce-overhead": "reduce-overhead"}

# The rows that docs/results/cuda-checks.md has targets for.
FIRST = (
    "fc-wta-step float32",
    "topk-step-large bf16",
    "topk-step-large bf16 bags",
    "topk-step-large bf16 winners",
    "conv-wta-step-256 float32",
    "conv-wta-step-256 tf32",
    "conv-wta-step-256 tf32 channels_last",
)


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
        z = F.relu(F.linear(x, self.encoder, self.bias))
        values, places = torch.topk(z, self.k, dim=0)
        z = torch.zeros_like(z).scatter(0, places, values)
        return F.linear(z, self.decoder.t(), self.centre)


class WinnersOnly(torch.autograd.Function):
    """The k largest of ReLU(x E' + b) of each sample; the backward pass touches their rows of E alone."""

    @staticmethod
    def forward(ctx, x, encoder, bias, k):
        values, places = torch.topk(F.relu(F.linear(x, encoder, bias)), k, dim=1, sorted=False)
        ctx.save_for_backward(x, encoder, values, places)
        ctx.mark_non_differentiable(places)
        return values, places

    @staticmethod
    def backward(ctx, slopes, _):
        x, encoder, values, places = ctx.saved_tensors
        slopes = torch.where(values > 0, slopes, 0).to(encoder.dtype)
        terms = slopes.unsqueeze(2) * x.unsqueeze(1)
        units = places.flatten()
        to_encoder = torch.zeros_like(encoder).index_add_(0, units, terms.flatten(0, 1))
        to_bias = encoder.new_zeros(encoder.shape[0]).index_add_(0, units, slopes.flatten())
        return None, to_encoder, to_bias, None


class TopK(nn.Module):
    """A TopK autoencoder, in one of its three ways."""

    def __init__(self, inputs, units, k, way):
        super().__init__()
        self.k = k
        self.way = way
        weights = inputs**-0.5 * torch.randn(units, inputs)
        self.encoder = nn.Parameter(weights.clone())
        self.decoder = nn.Parameter(weights.clone())
        self.bias = nn.Parameter(torch.zeros(units))
        self.centre = nn.Parameter(torch.zeros(inputs))

    def forward(self, x):
        if self.way == "winners":
            values, places = WinnersOnly.apply(x, self.encoder, self.bias, self.k)
        else:
            z = F.relu(F.linear(x, self.encoder, self.bias))
            values, places = torch.topk(z, self.k, dim=1, sorted=False)
        if self.way:
            values = values.to(self.decoder.dtype)
            rows = F.embedding_bag(places, self.decoder, per_sample_weights=values, mode="sum")
            return rows + self.centre
        z = torch.zeros_like(z).scatter(1, places, values)
        return F.linear(z, self.decoder.t(), self.centre)


class Conv(nn.Module):
    """CONV-WTA: each map keeps its largest activation, and of these the k largest over the batch."""

    def __init__(self, layers, maps, k):
        super().__init__()
        self.k = k
        channels = [1] + [maps] * layers
        self.layers = nn.ModuleList(nn.Conv2d(c, maps, 5, padding=2) for c in channels[:layers])
        self.deconvolution = nn.ConvTranspose2d(maps, 1, 11, padding=5)

    def forward(self, x):
        for layer in self.layers:
            x = F.relu(layer(x))
        flat = x.flatten(2)
        best, place = flat.max(dim=2, keepdim=True)
        kept = torch.topk(best, self.k, dim=0).values[-1:]
        winners = torch.where(best >= kept, best, torch.zeros_like(best))
        code = torch.zeros_like(flat).scatter(2, place, winners)
        return self.deconvolution(code.view_as(x))


class Row:
    """A workload in one precision and one way: what it is called, and how its training starts."""

    def __init__(self, name, precision, way, model, optimizer, batches):
        self.workload = name
        self.precision = precision
        self.way = way
        self.name = " ".join(part for part in (name, precision, way) if part)
        self.model = model
        self.optimizer = optimizer
        self.batches = batches

    def start(self, device, mode):
        """A training from the first numbers: a function that takes a step and answers its loss."""
        torch.manual_seed(1)
        layout = torch.channels_last if self.way == "channels_last" else torch.preserve_format
        model = self.model(self.way).to(device, memory_format=layout)
        optimizer = self.optimizer(list(model.parameters()))
        batches = [pinned(batch, device) for batch in self.batches()]

        def loss_of(x):
            with torch.autocast(device, dtype=torch.bfloat16, enabled=self.precision == "bf16"):
                y = model(x)
            return (y.float() - x).square().sum() / x.shape[0]

        compiled = MODES[mode]
        loss = torch.compile(loss_of, mode=compiled) if compiled else loss_of
        turn = 0

        def step():
            nonlocal turn
            x = batches[turn % len(batches)].to(device, non_blocking=True)
            turn += 1
            if compiled:
                torch.compiler.cudagraph_mark_step_begin()
            optimizer.zero_grad(set_to_none=True)
            value = loss(x)
            value.backward()
            optimizer.step()
            return value

        return step


def first_losses(step):
    return [step().item() for _ in range(CHECKED_STEPS)]


def set_precision(precision):
    """Of products in float32; what autocast leaves in float32 is TF32's as well."""
    torch.set_float32_matmul_precision("highest" if precision == "float32" else "high")
    torch.backends.cudnn.allow_tf32 = precision != "float32"


def rate(step, device, hurried):
    """Calls a second: the median of stretches, each between two events of the device."""
    start = time.perf_counter()
    steps = 0
    while time.perf_counter() - start < (0 if hurried else WARM_UP_SECONDS) or steps < 3:
        step()
        steps += 1
    wait(device)
    seconds = 0 if hurried else STRETCH_SECONDS
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


def rows(scale, device):
    """All rows, those of the targets first; `scale` shrinks them for a try-out."""

    def sgd(rate):
        return lambda p: torch.optim.SGD(p, lr=rate, momentum=0.9, fused=True)

    def adam(p):
        return torch.optim.Adam(p, lr=1e-4, fused=True)

    def conv(layers, maps, k):
        return lambda way: Conv(layers, maps // scale, k)

    def images(batch):
        return lambda: pixels(8, batch // scale, 1, 28, 28)

    large = 4096 // scale
    fc = lambda: pixels(50, 100, 784)  # noqa: E731
    sparse = ("", "bags", "winners")
    layouts = ("", "channels_last")
    workloads = (
        ("fc-wta-step", [""], lambda way: Fc(784, 2000 // scale, 5, True), sgd(0.01), fc),
        ("fc-wta-step-untied", [""], lambda way: Fc(784, 2000 // scale, 5, False), sgd(0.01), fc),
        (
            "topk-step-large",
            sparse,
            lambda way: TopK(large, 65536 // scale, 32, way),
            adam,
            lambda: [torch.randn(large, large, device=device)],
        ),
        ("conv-wta-step-256", layouts, conv(2, 128, 13), sgd(3e-5), images(256)),
        (
            "topk-step",
            sparse,
            lambda way: TopK(768, 6144 // scale, 32, way),
            adam,
            lambda: [torch.randn(512 // scale, 768) for _ in range(8)],
        ),
        ("conv-wta-step", layouts, conv(2, 128, 2), sgd(3e-5), images(32)),
        ("conv-wta-shallow-step", layouts, conv(1, 64, 5), sgd(3e-5), images(100)),
    )
    every = [
        Row(name, precision, way, model, optimizer, batches)
        for name, ways, model, optimizer, batches in workloads
        for precision in TOLERANCE
        for way in ways
    ]
    return sorted(every, key=lambda row: row.name not in FIRST)


class Bench:
    """Measures what is not known yet, and keeps it."""

    def __init__(self, arguments, out):
        self.device = arguments.device
        self.scale = arguments.scale
        self.deadline = time.perf_counter() + 60 * arguments.minutes
        self.known = findings(arguments.out)
        self.out = out
        self.expected = {}
        self.failures = 0
        self.left = 0

    def tell(self, who, what, value, unit):
        print(f"  {who:<16} {what:<44} {value} {unit}", file=sys.stderr)
        print(who, what, value, unit, sep="\t", file=self.out, flush=True)

    def measure(self, who, what, unit, found):
        """A finding, unless there is one or the time is over; what fails must not hide the others."""
        if (who, what) in self.known:
            return
        if time.perf_counter() > self.deadline:
            self.left += 1
            return
        try:
            value = found()
        except Exception as problem:
            self.failures += 1
            reason = str(problem).splitlines()[0] if str(problem) else type(problem).__name__
            print(f"  {who} {what}: {reason}", file=sys.stderr)
            value = "failed"
        self.tell(who, what, value, unit)
        torch._dynamo.reset()
        if self.device == "cuda":
            torch.cuda.empty_cache()

    def product(self, precision):
        """GFLOP/s of a product of squares; in bf16 its factors are bfloat16, as autocast has them."""
        set_precision(precision)
        side = 4096 // self.scale
        kind = torch.bfloat16 if precision == "bf16" else torch.float32
        a, b = (torch.randn(side, side, device=self.device, dtype=kind) for _ in range(2))
        out = torch.empty(side, side, device=self.device, dtype=kind)
        products = rate(lambda: torch.mm(a, b, out=out), self.device, self.scale > 1)
        return f"{products * 2e-9 * side**3:.0f}"

    def steps(self, row, mode):
        """Steps a second, once the first losses are right."""
        if row.workload not in self.expected:
            set_precision("float32")
            plain = Row(row.workload, "float32", "", row.model, row.optimizer, row.batches)
            self.expected[row.workload] = first_losses(plain.start(self.device, "torch"))
        set_precision(row.precision)
        step = row.start(self.device, mode)
        losses = first_losses(step)
        for loss, expected in zip(losses, self.expected[row.workload]):
            if not abs(loss - expected) <= TOLERANCE[row.precision] * abs(expected):
                raise ValueError(f"its losses are {losses}, not {self.expected[row.workload]}")
        return f"{rate(step, self.device, self.scale > 1):.1f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="the file to write")
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--scale", type=int, default=1, help="shrink everything, for a try-out")
    parser.add_argument(
        "--minutes", type=float, default=1e6, help="begin no row after so many minutes"
    )
    parser.add_argument("--only", default="", help="only rows whose name contains this")
    arguments = parser.parse_args()
    with open(arguments.out, "a", encoding="utf-8") as out:
        bench = Bench(arguments, out)
        for precision in TOLERANCE:
            if arguments.only in f"gemm of 4096 {precision}":
                bench.measure(
                    "torch",
                    f"gemm of 4096 {precision}",
                    "GFLOP/s",
                    lambda p=precision: bench.product(p),
                )
        for row in rows(arguments.scale, arguments.device):
            for mode in MODES:
                if arguments.only in row.name:
                    bench.measure(mode, row.name, "steps/s", lambda r=row, m=mode: bench.steps(r, m))
    if bench.left:
        print(f"the time is over: {bench.left} rows are left", file=sys.stderr)
    return 1 if bench.failures else 0


if __name__ == "__main__":
    sys.exit(main())
