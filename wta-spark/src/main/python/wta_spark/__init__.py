"""Sparse autoencoders of wta on Apache Spark: see docs/spark.md.

Both classes wrap those of the same names in dev.wta.spark, whose jars the session needs.
"""

import sys

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel

__all__ = ["WtaEstimator", "WtaModel"]

_PACKAGE = "dev.wta.spark."

# A saved pipeline names the classes of its stages as Java does, and PySpark imports them by that.
sys.modules["dev.wta.spark"] = sys.modules[__name__]


class _Reader(JavaMLReader):
    """Finds the Java class by its name, which is not Python's with another prefix."""

    @classmethod
    def _java_loader_class(cls, clazz):
        return _PACKAGE + clazz.__name__


class _Columns(Params):
    inputCol = Param(
        Params._dummy(), "inputCol", "the samples: vectors or arrays", TypeConverters.toString
    )
    outputCol = Param(
        Params._dummy(), "outputCol", "the samples' features", TypeConverters.toString
    )
    outputType = Param(
        Params._dummy(), "outputType", "'vector' or 'struct'", TypeConverters.toString
    )

    def __init__(self, *args):
        super().__init__(*args)
        self._setDefault(inputCol="features", outputCol="code", outputType="vector")

    def setInputCol(self, value):
        """Sets the column of the samples."""
        return self._set(inputCol=value)

    def getInputCol(self):
        """The column of the samples."""
        return self.getOrDefault("inputCol")

    def setOutputCol(self, value):
        """Sets the column that is added."""
        return self._set(outputCol=value)

    def getOutputCol(self):
        """The column that is added."""
        return self.getOrDefault("outputCol")

    def setOutputType(self, value):
        """Sets what features are: 'vector' or 'struct'."""
        return self._set(outputType=value)

    def getOutputType(self):
        """What features are: 'vector' or 'struct'."""
        return self.getOrDefault("outputType")


class WtaModel(JavaModel, _Columns, JavaMLReadable, JavaMLWritable):
    """A trained model that adds samples' features to a data frame."""

    shares = Param(
        Params._dummy(),
        "shares",
        "shares of the units, of which an executor holds one at a time",
        TypeConverters.toInt,
    )

    def __init__(self, java_model=None):
        super().__init__(java_model)
        self._setDefault(shares=1)

    def setShares(self, value):
        """Divides the units, for models that are larger than an executor."""
        return self._set(shares=value)

    def getShares(self):
        """The shares of the units, 1 where they are not divided."""
        return self.getOrDefault("shares")

    @classmethod
    def read(cls):
        return _Reader(cls)

    @classmethod
    def _from_java(cls, java_stage):
        model = cls(java_stage)
        model._transfer_params_from_java()
        return model

    @property
    def run(self):
        """The path of the run."""
        return self._call_java("run")

    @property
    def family(self):
        """The name of the model's family."""
        return self._call_java("family")


def _settings(value):
    """A dict, or a list of key=value, as a list of strings."""
    if isinstance(value, dict):
        value = [f"{key}={setting}" for key, setting in sorted(value.items())]
    return TypeConverters.toListString(value)


class WtaEstimator(JavaEstimator, _Columns, JavaMLReadable, JavaMLWritable):
    """Trains a model on a column of samples, its units divided among executors."""

    targetCol = Param(
        Params._dummy(), "targetCol", "a transcoder's targets", TypeConverters.toString
    )
    model = Param(Params._dummy(), "model", "the model's family", TypeConverters.toString)
    latents = Param(Params._dummy(), "latents", "units", TypeConverters.toInt)
    k = Param(Params._dummy(), "k", "active latents of a sample", TypeConverters.toInt)
    batchSize = Param(
        Params._dummy(), "batchSize", "samples of a mini-batch", TypeConverters.toInt
    )
    epochs = Param(Params._dummy(), "epochs", "passes over the samples", TypeConverters.toInt)
    seed = Param(
        Params._dummy(), "seed", "the number that randomness comes from", TypeConverters.toInt
    )
    ranks = Param(
        Params._dummy(), "ranks", "tasks that units are divided among", TypeConverters.toInt
    )
    checkpointDir = Param(
        Params._dummy(), "checkpointDir", "for checkpoints and models", TypeConverters.toString
    )
    settings = Param(
        Params._dummy(), "settings", "other settings: a dict, or key=value", _settings
    )

    @keyword_only
    def __init__(
        self,
        *,
        inputCol="features",
        targetCol=None,
        outputCol="code",
        outputType="vector",
        model="topk",
        latents=None,
        k=None,
        batchSize=None,
        epochs=None,
        seed=None,
        ranks=None,
        checkpointDir=None,
        settings=None,
    ):
        super().__init__()
        self._java_obj = self._new_java_obj(_PACKAGE + "WtaEstimator", self.uid)
        self._setDefault(model="topk", settings=[])
        self._set(**{key: value for key, value in self._input_kwargs.items() if value is not None})

    @classmethod
    def read(cls):
        return _Reader(cls)

    @classmethod
    def _from_java(cls, java_stage):
        estimator = cls()
        estimator._java_obj = java_stage
        estimator._resetUid(java_stage.uid())
        estimator._transfer_params_from_java()
        return estimator

    def setTargetCol(self, value):
        """Sets the column of a transcoder's targets."""
        return self._set(targetCol=value)

    def getTargetCol(self):
        """The column of a transcoder's targets."""
        return self.getOrDefault("targetCol")

    def getModel(self):
        """The model's family."""
        return self.getOrDefault("model")

    def getLatents(self):
        """The units."""
        return self.getOrDefault("latents")

    def getK(self):
        """The active latents of a sample."""
        return self.getOrDefault("k")

    def getBatchSize(self):
        """The samples of a mini-batch."""
        return self.getOrDefault("batchSize")

    def getEpochs(self):
        """The passes over the samples."""
        return self.getOrDefault("epochs")

    def getSeed(self):
        """The number that randomness comes from."""
        return self.getOrDefault("seed")

    def getRanks(self):
        """The tasks that units are divided among."""
        return self.getOrDefault("ranks")

    def getCheckpointDir(self):
        """The folder of checkpoints and models."""
        return self.getOrDefault("checkpointDir")

    def getSettings(self):
        """The other settings, a list of key=value."""
        return self.getOrDefault("settings")

    def setParams(self, **params):
        """Sets parameters by name."""
        return self._set(**params)

    def _create_model(self, java_model):
        return WtaModel(java_model)
