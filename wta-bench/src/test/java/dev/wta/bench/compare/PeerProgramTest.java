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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PeerProgramTest {
  @TempDir Path peers;

  private List<PeerProgram> inJava() {
    return new PeerFolder(peers).peers(List.of(), Optional.empty());
  }

  @Test
  void speaksToThePeersProcess() {
    FakePeer.installIn(peers);
    PeerRunner peer = inJava().getFirst();
    assertThat(peer.name()).isEqualTo("fake");
    assertThat(peer.version()).isEqualTo(FakePeer.VERSION);
    assertThat(peer.callsPerSecond(new GemmWorkload(), 1, new MeasurementTime(0.01, 0.05)))
        .hasValueSatisfying(calls -> assertThat(calls).isBetween(1.0, 1000.0));
    assertThat(peer.callsPerSecond(new EncodeWorkload(), 1, MeasurementTime.ONE_CALL)).isEmpty();
  }

  @Test
  void saysWhichPeerFailedAtWhatAndHow() {
    FakePeer.installIn(peers);
    PeerRunner peer = inJava().getFirst();
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
    assertThatThrownBy(() -> inJava())
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("not built: fake")
        .hasMessageContaining("./mvnw -Ppeers");
  }

  @Test
  void takesNoOtherFolderForAPeer() throws IOException {
    FakePeer.installIn(peers);
    Files.createDirectories(peers.resolve("contract", "target", "lib"));
    assertThat(inJava()).extracting(PeerProgram::name).containsExactly("fake");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the Python of this test is a shell script")
  void eachRowOfAPythonIsAPeer() {
    FakePeer.installIn(peers);
    Optional<Path> python = Optional.of(FakePeer.python(peers, FakePeer.PYTHON));
    PeerFolder folder = new PeerFolder(peers);
    assertThat(folder.peers(List.of(), python))
        .extracting(PeerProgram::name)
        .containsExactly("fake", "python-dense", "python-bags", "python-bags-compiled");
    List<PeerProgram> chosen = folder.peers(List.of("python"), python);
    assertThat(chosen)
        .extracting(PeerProgram::name)
        .containsExactly("python-dense", "python-bags", "python-bags-compiled");
    PeerProgram bags = folder.peers(List.of("python-bags"), python).getFirst();
    assertThat(bags.version()).isEqualTo("a shell, bags");
    assertThat(bags.callsPerSecond(new GemmWorkload(), 3, new MeasurementTime(1, 2.5)))
        .hasValue(4.0);
    assertThat(bags.callsPerSecond(new EncodeWorkload(), 3, MeasurementTime.ONE_CALL)).isEmpty();
    assertThat(folder.peers(List.of("python-bags", "fake", "python-bags"), python))
        .extracting(PeerProgram::name)
        .containsExactly("python-bags", "fake");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the Python of this test is a shell script")
  void saysWhatAPythonLacksAndWhichPeersThereAre() {
    FakePeer.installIn(peers);
    PeerFolder folder = new PeerFolder(peers);
    Path broken = FakePeer.python(peers, "echo no module torch >&2; exit 1");
    assertThatThrownBy(() -> folder.peers(List.of(), Optional.of(broken)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("cannot run PyTorch")
        .hasMessageContaining("no module torch")
        .hasMessageContaining("'import torch' works");
    assertThat(folder.peers(List.of("fake"), Optional.of(broken))).hasSize(1);
    Path none = peers.resolve("no-python");
    assertThatThrownBy(() -> folder.peers(List.of("python"), Optional.of(none)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no-python cannot run PyTorch");
    assertThatThrownBy(() -> folder.peers(List.of("python"), Optional.empty()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no Python to run 'python' on")
        .hasMessageContaining("WTA_PYTHON");
    assertThatThrownBy(() -> folder.peers(List.of("fak"), Optional.empty()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no peer 'fak'; choose from fake");
  }
}
