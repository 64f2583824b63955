package dev.wta.peers.djl;

import dev.wta.peers.contract.PeerContract;
import java.util.Set;

class DjlPeerTest extends PeerContract {
  DjlPeerTest() {
    super(new DjlPeer(), Set.of("probe"));
  }
}
