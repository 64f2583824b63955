/** LIBLINEAR, a peer for the linear probe. */
package dev.wta.peers.liblinear;
