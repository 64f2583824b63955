/** Runs, their files and checkpoints on file systems of Hadoop. */
package dev.wta.spark.store;
