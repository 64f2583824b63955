package dev.wta.peers.bytedeco;

import dev.wta.peers.contract.PeerContract;
import java.util.Set;

class BytedecoPeerTest extends PeerContract {
  BytedecoPeerTest() {
    super(new BytedecoPeer(), Set.of("probe"));
  }
}
