"""Tries the wrappers with PySpark itself, on executors that are processes of their own.

    ./mvnw -DskipTests package
    pip install pyspark==4.2.0 numpy
    PYTHONPATH=wta-spark/src/main/python python wta-spark/src/test/python/try_wrappers.py FOLDER
"""

import glob
import sys

import numpy as np
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.functions import vector_to_array
from pyspark.sql import SparkSession, functions

from wta_spark import WtaEstimator, WtaModel

SAMPLES, INPUTS, LATENTS, K = 2000, 16, 128, 4


def say(what, value):
    print(f"{what}: {value}")
    return value


folder = sys.argv[1]
spark = (
    SparkSession.builder.master("local-cluster[2,1,2048]")
    .config("spark.executor.memory", "1g")
    .config("spark.jars", ",".join(sorted(glob.glob("wta-spark/target/spark-jars/*.jar"))))
    .config("spark.ui.enabled", False)
    .getOrCreate()
)
say("Spark", spark.version)
# Each sample is a sum of two of 32 directions.
random = np.random.default_rng(1)
directions = random.normal(size=(32, INPUTS))
chosen = random.integers(0, 32, size=(SAMPLES, 2))
samples = directions[chosen].sum(axis=1)
frame = spark.createDataFrame(
    [(i, sample.tolist()) for i, sample in enumerate(samples)], "id int, features array<double>"
).coalesce(2)

estimator = WtaEstimator(
    latents=LATENTS,
    k=K,
    batchSize=200,
    epochs=30,
    seed=7,
    settings={"rate": 0.003},
    checkpointDir=folder + "/checkpoints",
)
model = estimator.fit(frame)
say("family", model.family)
say("run", model.run.rsplit("/", 2)[-2])
assert estimator.copy({estimator.ranks: 1, estimator.checkpointDir: folder + "/one"}).fit(
    frame
).family == "topk"

codes = model.transform(frame)
say("schema", codes.schema.simpleString())
active = codes.select(
    functions.size(functions.array_remove(vector_to_array("code"), 0.0)).alias("active")
)
row = active.agg(functions.min("active"), functions.max("active")).first()
say("active latents of a sample", tuple(row))
assert 1 <= row[0] and row[1] <= K

model.write().overwrite().save(folder + "/model")
loaded = WtaModel.load(folder + "/model")
assert loaded.uid == model.uid
same = loaded.setOutputCol("again").transform(codes)
assert (loaded.getInputCol(), loaded.getOutputCol()) == ("features", "again")
assert (loaded.getOutputType(), loaded.getShares()) == ("vector", 1)
different = same.where(vector_to_array("code") != vector_to_array("again")).count()
say("codes that a loaded model makes differently", different)
assert different == 0

estimator.write().overwrite().save(folder + "/estimator")
loaded = WtaEstimator.load(folder + "/estimator")
assert (loaded.getLatents(), loaded.getK(), loaded.getBatchSize()) == (LATENTS, K, 200)
assert (loaded.getEpochs(), loaded.getSeed(), loaded.getModel()) == (30, 7, "topk")
assert loaded.getSettings() == ["rate=0.003"]
assert loaded.getCheckpointDir() == folder + "/checkpoints"
assert not loaded.isSet(loaded.ranks) and loaded.setParams(ranks=2).getRanks() == 2

pipeline = Pipeline(stages=[estimator.copy({estimator.outputCol: "z"})]).fit(frame)
pipeline.write().overwrite().save(folder + "/pipeline")
structs = PipelineModel.load(folder + "/pipeline")
structs.stages[0].setOutputType("struct")
first = structs.transform(frame).orderBy("id").first()["z"]
say("first sample's code", dict(zip(first["indices"], np.round(first["values"], 3).tolist())))

halved = frame.selectExpr("id", "features", "transform(features, one -> one / 2) as target")
transcoder = WtaEstimator(
    model="topk-transcoder", targetCol="target", latents=LATENTS, k=K, epochs=2, seed=7
).setParams(checkpointDir=folder + "/transcoder")
transcoder.write().overwrite().save(folder + "/to_transcode")
loaded = WtaEstimator.load(folder + "/to_transcode")
say("a loaded transcoder's target", loaded.getTargetCol())
mlp = loaded.fit(halved)
say("its family", mlp.family)
say("active latents of its first code", mlp.transform(frame).first()["code"].numNonzeros())

try:
    WtaEstimator(model="gated", checkpointDir=folder + "/gated").fit(frame)
except Exception as refused:
    said = next(line for line in str(refused).splitlines() if "WtaException" in line)
    say("a family that is not served", said.split("WtaException: ")[1].split("; ")[0])
spark.stop()
