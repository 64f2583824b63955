"""The ways to write the workloads in PyTorch, slowest and commonest first."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

import steps
from workloads import Encode, FcStep, Gemm, TopKStep, TrainerStep


@dataclass(frozen=True)
class Row:
    """How products are computed, how codes are decoded, and whether torch.compile compiles.

    `topk` and `fc` name the step of `steps` that the row takes, None where it takes no part.
    """

    summary: str
    topk: type | None = None
    fc: type | None = None
    products: bool = False
    encodes: bool = False
    precision: str = "highest"
    bf16: bool = False
    compiled: bool = False

    def open(self, workload):
        """A workload that is ready to run; None where the row takes no part in it."""
        torch.set_float32_matmul_precision(self.precision)
        match workload:
            case Gemm() if self.products:
                return Product(workload, self)
            case Encode() if self.encodes:
                return Encoding(workload.step, self)
            case FcStep() if self.fc:
                return self.fc(workload, bf16=self.bf16, compiled=self.compiled)
            case TopKStep() if self.topk:
                return self.topk(workload, bf16=self.bf16, compiled=self.compiled)
        return None


class SaeLensRow:
    """SAELens' own trainer."""

    summary = "SAELens' own trainer, its defaults"

    @staticmethod
    def open(workload):
        if not isinstance(workload, TrainerStep):
            return None
        from saelens import Trainer

        return Trainer(workload)


class Product:
    def __init__(self, gemm, row):
        kind = torch.bfloat16 if row.bf16 else torch.float32
        self.a, self.b = (torch.from_numpy(x).to(kind) for x in gemm.operands())
        self.out = torch.empty(gemm.m, gemm.n, dtype=kind)

    def run(self):
        torch.mm(self.a, self.b, out=self.out)

    def result(self):
        return self.out.double().abs().sum().item()


class Encoding:
    def __init__(self, step, row):
        self.x = torch.from_numpy(step.samples()[0])
        self.weights = torch.from_numpy(step.encoder())
        self.biases = torch.zeros(step.units)
        self.winners = step.winners
        self.bf16 = row.bf16
        self.encode = torch.compile(self.encoded) if row.compiled else self.encoded

    def encoded(self):
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            code = F.linear(self.x, self.weights, self.biases).relu()
        return torch.topk(code, self.winners, dim=0, sorted=False)

    @torch.no_grad()
    def run(self):
        self.values, self.places = self.encode()

    def result(self):
        return self.values.double().abs().sum().item()


DENSE, BAGS, WINNERS = steps.DenseStep, steps.BagsStep, steps.WinnersStep

ROWS = {
    "dense": Row("float32, eager, dense decoder", DENSE, DENSE, products=True, encodes=True),
    "bags": Row("float32, eager, sparse decoder (embedding_bag)", BAGS, BAGS),
    "compiled": Row("float32, compiled, sparse decoder", BAGS, BAGS, encodes=True, compiled=True),
    "winners": Row("float32, a backward pass that touches winners only", WINNERS, WINNERS),
    "medium": Row(
        'set_float32_matmul_precision("medium"): winners only, FC-WTA dense',
        WINNERS,
        DENSE,
        products=True,
        encodes=True,
        precision="medium",
    ),
    "autocast": Row(
        "bf16 autocast with bags, FC-WTA dense",
        BAGS,
        DENSE,
        products=True,
        encodes=True,
        bf16=True,
    ),
    "autocast-compiled": Row(
        "bf16 autocast with bags, FC-WTA dense, compiled", BAGS, DENSE, bf16=True, compiled=True
    ),
    "bf16": Row("bf16 products and gathered rows, winners only", WINNERS, WINNERS, bf16=True),
    "bf16-compiled": Row(
        "bf16 products and gathered rows, winners only, compiled",
        WINNERS,
        WINNERS,
        bf16=True,
        compiled=True,
    ),
    "saelens": SaeLensRow,
}
