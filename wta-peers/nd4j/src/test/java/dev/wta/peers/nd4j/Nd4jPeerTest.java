package dev.wta.peers.nd4j;

import dev.wta.peers.contract.PeerContract;
import java.util.Set;

class Nd4jPeerTest extends PeerContract {
  Nd4jPeerTest() {
    super(new Nd4jPeer(), Set.of("probe"));
  }
}
