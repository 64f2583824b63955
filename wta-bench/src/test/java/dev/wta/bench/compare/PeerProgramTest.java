package dev.wta.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.bench.measure.MeasurementTime;
import dev.wta.workloads.EncodeWorkload;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.GemmWorkload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerProgramTest {
  @TempDir Path peers;

  @Test
  void speaksToThePeersProcess() {
    FakePeer.installIn(peers);
    PeerRunner peer = PeerFolder.in(peers).getFirst();
    assertThat(peer.name()).isEqualTo("fake");
    assertThat(peer.version()).isEqualTo(FakePeer.VERSION);
    assertThat(peer.callsPerSecond(new GemmWorkload(), 1, new MeasurementTime(0.01, 0.05)))
        .hasValueSatisfying(calls -> assertThat(calls).isBetween(1.0, 1000.0));
    assertThat(peer.callsPerSecond(new EncodeWorkload(), 1, MeasurementTime.ONE_CALL)).isEmpty();
  }

  @Test
  void saysWhichPeerFailedAtWhatAndHow() {
    FakePeer.installIn(peers);
    PeerRunner peer = PeerFolder.in(peers).getFirst();
    assertThatThrownBy(() -> peer.callsPerSecond(new FcStep(true), 1, MeasurementTime.ONE_CALL))
        .isInstanceOf(PeerFailure.class)
        .hasMessageContaining("fake")
        .hasMessageContaining("exit code 1")
        .hasMessageContaining("time fc-wta-step 1")
        .hasMessageContaining(FakePeer.COMPLAINT);
  }

  @Test
  void saysHowToBuildWhatIsNotBuilt() throws IOException {
    Path library = FakePeer.installIn(peers).resolve("target", "lib");
    Files.delete(library);
    assertThatThrownBy(() -> PeerFolder.in(peers))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("not built: fake")
        .hasMessageContaining("./mvnw -Ppeers");
  }

  @Test
  void takesNoOtherFolderForAPeer() throws IOException {
    FakePeer.installIn(peers);
    Files.createDirectories(peers.resolve("contract", "target", "lib"));
    assertThat(PeerFolder.in(peers)).extracting(PeerProgram::name).containsExactly("fake");
  }
}
