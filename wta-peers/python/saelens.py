"""SAELens' own trainer."""

import itertools

import torch
from sae_lens import (
    BatchTopKTrainingSAE,
    BatchTopKTrainingSAEConfig,
    GatedTrainingSAE,
    GatedTrainingSAEConfig,
    JumpReLUTrainingSAE,
    JumpReLUTrainingSAEConfig,
    MatryoshkaBatchTopKTrainingSAE,
    MatryoshkaBatchTopKTrainingSAEConfig,
    TopKTrainingSAE,
    TopKTrainingSAEConfig,
)
from sae_lens.config import LoggingConfig, SAETrainerConfig
from sae_lens.training.sae_trainer import SAETrainer

ENDLESS = 10**12


def model(step):
    shape = {"d_in": step.inputs, "d_sae": step.units}
    match step.family:
        case "topk":
            return TopKTrainingSAE(TopKTrainingSAEConfig(k=step.winners, **shape))
        case "batch-topk":
            return BatchTopKTrainingSAE(BatchTopKTrainingSAEConfig(k=step.winners, **shape))
        case "matryoshka":
            config = MatryoshkaBatchTopKTrainingSAEConfig(
                k=step.winners,
                matryoshka_widths=[step.units >> shift for shift in (4, 3, 2, 1, 0)],
                **shape,
            )
            return MatryoshkaBatchTopKTrainingSAE(config)
        case "jumprelu":
            return JumpReLUTrainingSAE(JumpReLUTrainingSAEConfig(**shape))
        case "gated":
            return GatedTrainingSAE(GatedTrainingSAEConfig(**shape))


class Trainer:
    def __init__(self, step):
        torch.manual_seed(1)
        self.batches = itertools.cycle(torch.from_numpy(step.batches()))
        config = SAETrainerConfig(
            total_training_samples=ENDLESS,
            train_batch_size_samples=step.batch,
            lr=step.rate,
            lr_end=step.rate,  # of schedules, which there is none of
            logger=LoggingConfig(log_to_wandb=False),
        )
        self.trainer = SAETrainer(cfg=config, sae=model(step), data_provider=self.batches)

    def run(self):
        self.output = self.trainer.step(next(self.batches))
        self.trainer.n_training_steps += 1

    def result(self):
        return self.output.loss.item()
