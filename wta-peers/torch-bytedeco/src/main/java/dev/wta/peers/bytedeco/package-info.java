/** PyTorch's C++ library through Bytedeco's bindings, as a peer. */
package dev.wta.peers.bytedeco;
