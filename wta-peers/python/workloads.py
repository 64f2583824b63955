"""The numbers and sizes of dev.wta.workloads: the same in every process."""

from dataclasses import dataclass

import numpy as np

INK = 0.19
BLOCKS_AT_ONCE = 1 << 18


def lanes(use, first, blocks):
    """Philox4x32-10 with seed 1: the four 32-bit numbers of each block, `(blocks, 4)`."""
    stream = 0xCBF29CE484222325
    for letter in use.encode():
        stream = (stream ^ letter) * 0x100000001B3 % 2**64
    block = np.arange(first, first + blocks, dtype=np.uint64)
    low = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    c0, c1 = block & low, block >> half
    c2 = np.full(blocks, stream & 0xFFFFFFFF, np.uint64)
    c3 = np.full(blocks, stream >> 32, np.uint64)
    k0, k1 = 1, 0
    for _ in range(10):
        p0, p1 = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1 = (p1 >> half) ^ c1 ^ np.uint64(k0), p1 & low
        c2, c3 = (p0 >> half) ^ c3 ^ np.uint64(k1), p0 & low
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return np.stack([c0, c1, c2, c3], axis=1)


def drawn(use, count, numbers):
    """The first `count` numbers of a stream, which `numbers` makes of lanes."""
    parts = []
    for first in range(0, -(-count // 4), BLOCKS_AT_ONCE):
        blocks = min(BLOCKS_AT_ONCE, -(-count // 4) - first)
        parts.append(numbers(lanes(use, first, blocks)).astype(np.float32).reshape(-1))
    return np.concatenate(parts)[:count]


def normal(use, deviation, *shape):
    """Normal numbers with mean 0, by Box and Muller's transform."""

    def numbers(bits):
        radius = np.sqrt(-2 * np.log((bits[:, 0::2] + np.uint64(1)) * 2.0**-32))
        angle = 2 * np.pi * (bits[:, 1::2] * 2.0**-32)
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=2)

    return np.float32(deviation) * drawn(use, int(np.prod(shape)), numbers).reshape(shape)


def pixels(*shape):
    """Pixels like MNIST's: a fifth of them uniform on [0, 1), the others 0."""
    count = int(np.prod(shape))

    def uniform(bits):
        return (bits >> np.uint64(8)) * 2.0**-24

    ink = drawn("ink", count, uniform) < np.float32(INK)
    return np.where(ink, drawn("pixels", count, uniform), np.float32(0)).reshape(shape)


@dataclass(frozen=True)
class Gemm:
    """`(m, k)` times `(k, n)` into memory that exists."""

    m: int = 1152
    n: int = 2048
    k: int = 784

    def operands(self):
        return normal("a", 1, self.m, self.k), normal("b", 1, self.k, self.n)


@dataclass(frozen=True)
class FcStep:
    """FC-WTA: each unit keeps its 5 largest activations over the batch; SGD with momentum."""

    tied: bool = True
    batch: int = 100
    batches: int = 50
    inputs: int = 784
    units: int = 2000
    winners: int = 5
    rate: float = 0.01
    momentum: float = 0.9

    def samples(self):
        return pixels(self.batches, self.batch, self.inputs)

    def encoder(self):
        return normal("encoder", 0.01, self.units, self.inputs)

    def decoder(self):
        return normal("decoder", 0.01, self.units, self.inputs)


@dataclass(frozen=True)
class Encode:
    """Encoding and selecting FcStep's first batch."""

    step: FcStep = FcStep()


@dataclass(frozen=True)
class TopKStep:
    """TopK: each sample keeps its 32 largest activations; Adam."""

    units: int = 6144
    batch: int = 512
    all_samples: int = 4096
    inputs: int = 768
    winners: int = 32
    rate: float = 1e-4
    dead_after: int = 100_000

    def samples(self):
        return normal("samples", 1, self.all_samples, self.inputs).reshape(
            -1, self.batch, self.inputs
        )

    def encoder(self):
        rows = normal("encoder", 1, self.units, self.inputs)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@dataclass(frozen=True)
class TrainerStep:
    """A step of a tool's own trainer, with the tool's defaults where nothing is said here."""

    family: str
    samples: int = 4096
    batch: int = 128
    inputs: int = 384
    units: int = 3072
    winners: int = 32
    rate: float = 1e-3

    def batches(self):
        return normal("samples", 1, self.samples, self.inputs).reshape(-1, self.batch, self.inputs)


WORKLOADS = {
    "gemm": Gemm(),
    "encode": Encode(),
    "fc-wta-step": FcStep(),
    "fc-wta-step-untied": FcStep(tied=False),
    "topk-step": TopKStep(),
    "topk-step-24576x1024": TopKStep(units=24_576, batch=1024),
    "topk-step-24576x4096": TopKStep(units=24_576, batch=4096),
    **{
        f"trainer-{family}": TrainerStep(family)
        for family in ("topk", "batch-topk", "matryoshka", "jumprelu", "gated")
    },
}
