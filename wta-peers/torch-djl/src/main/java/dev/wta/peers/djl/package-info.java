/** PyTorch through the Deep Java Library, as a peer. */
package dev.wta.peers.djl;
