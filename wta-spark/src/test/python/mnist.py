"""Trains FC-WTA on MNIST by two executors, for `wta probe` to judge.

    PYTHONPATH=wta-spark/src/main/python python wta-spark/src/test/python/mnist.py MNIST FOLDER
    ./wta probe --run FOLDER/fc-wta-.../model --train train.arrow --test test.arrow

MNIST is the folder of train-images-idx3-ubyte.gz; try_wrappers.py says what is needed before.
"""

import glob
import gzip
import sys

import numpy as np
from pyspark.sql import SparkSession

from wta_spark import WtaEstimator

mnist, folder = sys.argv[1:]
spark = (
    SparkSession.builder.master("local-cluster[2,1,2048]")
    .config("spark.executor.memory", "1g")
    .config("spark.jars", ",".join(sorted(glob.glob("wta-spark/target/spark-jars/*.jar"))))
    .config("spark.rpc.message.maxSize", 1024)
    .config("spark.ui.enabled", False)
    .getOrCreate()
)
with gzip.open(mnist + "/train-images-idx3-ubyte.gz") as images:
    pixels = np.frombuffer(images.read(), np.uint8, offset=16).reshape(-1, 784)


def floats(row):
    """A row's pixels from 0 to 1, as wta makes them of bytes."""
    image = np.frombuffer(row.image, np.uint8).astype(np.float32) / np.float32(255)
    return (image.tolist(),)


rows = spark.createDataFrame([(image.tobytes(),) for image in pixels], "image binary").coalesce(2)
frame = spark.createDataFrame(rows.rdd.map(floats), "features array<float>")
model = WtaEstimator(
    model="fc-wta", latents=1000, batchSize=100, epochs=5, seed=1, checkpointDir=folder
).fit(frame)
print(model.run)
spark.stop()
