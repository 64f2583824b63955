package dev.wta.spark;

import org.apache.spark.Partitioner;

/** Gives sample {@code i} to partition {@code i} modulo their number. */
final class RoundRobin extends Partitioner {
  private final int partitions;

  RoundRobin(int partitions) {
    this.partitions = partitions;
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object key) {
    return (int) ((Long) key % partitions);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RoundRobin another && partitions == another.partitions;
  }

  @Override
  public int hashCode() {
    return partitions;
  }
}
