package dev.wta.peers.liblinear;

import dev.wta.peers.contract.PeerContract;
import java.util.Set;

class LiblinearPeerTest extends PeerContract {
  LiblinearPeerTest() {
    super(
        new LiblinearPeer(),
        Set.of(
            "gemm",
            "encode",
            "fc-wta-step",
            "fc-wta-step-untied",
            "topk-step",
            "conv-wta-step",
            "conv-wta-shallow-step"));
  }
}
