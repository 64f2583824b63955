/**
 * Operations that ND4J lacks: selection on the host, gathering, pooling, losses, gradients of
 * winners.
 */
package dev.wta.backend.nd4j.op;
