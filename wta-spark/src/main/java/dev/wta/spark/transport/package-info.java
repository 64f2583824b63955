/**
 * How the ranks of a training exchange buffers between executors: over Netty, between peers that
 * have proved a secret of their stage to each other.
 */
package dev.wta.spark.transport;
