/**
 * Sparse autoencoders in Apache Spark's machine learning: {@link dev.wta.spark.WtaEstimator} trains
 * them, {@link dev.wta.spark.WtaModel} encodes a column of a data frame by a trained run.
 */
package dev.wta.spark;
