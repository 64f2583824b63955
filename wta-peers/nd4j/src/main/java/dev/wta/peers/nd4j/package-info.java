/** ND4J as a peer. */
package dev.wta.peers.nd4j;
