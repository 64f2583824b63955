"""Trains FC-WTA on MNIST by two executors, and leaves what `wta probe` judges it by.

    export PYTHONPATH=wta-spark/src/main/python
    python wta-spark/src/test/python/mnist.py MNIST FOLDER
    for part in train t10k; do
      ./wta import npy FOLDER/$part.npy --labels FOLDER/$part-labels.npy --out $part.arrow
    done
    ./wta probe --run FOLDER/fc-wta-.../model --train train.arrow --test t10k.arrow

MNIST is the folder of its four files; try_wrappers.py says what is needed before.
"""

import glob
import gzip
import os
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


def bytes_of(name, header):
    with gzip.open(f"{mnist}/{name}-ubyte.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


os.makedirs(folder, exist_ok=True)
for part in ("train", "t10k"):
    pixels = bytes_of(part + "-images-idx3", 16).reshape(-1, 784)
    np.save(f"{folder}/{part}.npy", pixels.astype(np.float32) / np.float32(255))
    np.save(f"{folder}/{part}-labels.npy", bytes_of(part + "-labels-idx1", 8))
pixels = bytes_of("train-images-idx3", 16).reshape(-1, 784)


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
