/** What every peer must agree with wta on before it is timed. */
package dev.wta.peers.contract;
