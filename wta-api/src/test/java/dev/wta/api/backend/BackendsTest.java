package dev.wta.api.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.reference.ReferenceBackendProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Discovery on class paths that hold fast, slow, unusable and broken backends beside the reference.
 */
class BackendsTest {
  private static final BackendOptions OPTIONS = BackendOptions.defaults();

  @TempDir private Path folder;
  private final ClassLoader usual = Thread.currentThread().getContextClassLoader();
  private URLClassLoader loader;

  @AfterEach
  void restoreTheClassPath() throws IOException {
    Thread.currentThread().setContextClassLoader(usual);
    if (loader != null) {
      loader.close();
    }
  }

  /** Puts a services file with these lines on the class path. */
  private void found(String... lines) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.write(services.resolve(BackendProvider.class.getName()), List.of(lines));
    loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, usual);
    Thread.currentThread().setContextClassLoader(loader);
  }

  @Test
  void theReferenceIsAlwaysThere() {
    assertThat(Backends.probeAll())
        .contains(new Backends.Found("reference", new ReferenceBackendProvider().probe()));
    try (Backend backend = Backends.named("reference", OPTIONS)) {
      assertThat(backend.name()).isEqualTo("reference");
    }
  }

  @Test
  void theHighestScoreIsChosen() throws IOException {
    found(Slow.class.getName(), Fast.class.getName(), Absent.class.getName());
    assertThat(Backends.probeAll())
        .extracting(Backends.Found::name)
        .startsWith("fast", "slow")
        .endsWith("absent");
    assertThatThrownBy(() -> Backends.best(OPTIONS)).isInstanceOf(Opened.class).hasMessage("fast");
  }

  @Test
  void aNamedBackendIsOpenedWhateverItsScore() throws IOException {
    found(Slow.class.getName(), Fast.class.getName());
    assertThatThrownBy(() -> Backends.named("slow", OPTIONS))
        .isInstanceOf(Opened.class)
        .hasMessage("slow");
  }

  @Test
  void onlyTheNamedBackendIsProbed() throws IOException {
    found(Counting.class.getName(), Slow.class.getName());
    Counting.probes = 0;
    assertThatThrownBy(() -> Backends.named("slow", OPTIONS)).isInstanceOf(Opened.class);
    assertThat(Counting.probes).isZero();
    assertThatThrownBy(() -> Backends.named("counting", OPTIONS)).isInstanceOf(Opened.class);
    assertThat(Counting.probes).isOne();
  }

  @Test
  void aNamedBackendThatCannotRunIsAnErrorWithReasonAndRemedy() throws IOException {
    found(Absent.class.getName());
    assertThatThrownBy(() -> Backends.named("absent", OPTIONS))
        .isInstanceOfSatisfying(
            WtaException.class,
            e -> {
              assertThat(e.problem()).isEqualTo("backend 'absent' cannot run here: no device");
              assertThat(e.remedy()).isEqualTo("plug one in");
            });
  }

  @Test
  void anUnknownNameListsTheKnownOnes() throws IOException {
    found(Slow.class.getName(), Absent.class.getName());
    assertThatThrownBy(() -> Backends.named("quick", OPTIONS))
        .isInstanceOfSatisfying(
            WtaException.class,
            e -> {
              assertThat(e.problem()).contains("'quick'");
              assertThat(e.remedy()).contains("slow, reference, absent");
            });
  }

  @Test
  void theAutomaticChoiceContinuesWhenABackendCannotStart() throws IOException {
    found(FailsToStart.class.getName(), Slow.class.getName());
    assertThatThrownBy(() -> Backends.best(OPTIONS)).isInstanceOf(Opened.class).hasMessage("slow");
    assertThatThrownBy(() -> Backends.named("fails-to-start", OPTIONS))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("out of memory");
  }

  @Test
  void theAutomaticChoiceIsNeverTheReference() throws IOException {
    found(FailsToStart.class.getName(), Absent.class.getName());
    assertThatThrownBy(() -> Backends.best(OPTIONS))
        .isInstanceOfSatisfying(
            WtaException.class,
            e -> {
              assertThat(e.problem())
                  .isEqualTo(
                      "no backend can run here but the scalar reference"
                          + " (fails-to-start cannot run: the device is out of memory; free some)"
                          + " (absent cannot run: no device; plug one in)");
              assertThat(e.remedy())
                  .contains("wta-backend-cpu")
                  .contains("--add-modules jdk.incubator.vector")
                  .contains("Backends.named(\"reference\", options)");
            });
  }

  @Test
  void brokenProvidersHideNobody() throws IOException {
    found(
        Slow.class.getName(),
        ThrowsWhenMade.class.getName(),
        ThrowsWhenProbed.class.getName(),
        "no.such.Provider",
        BackendsTest.class.getName(), // no provider at all
        Fast.class.getName());
    List<Backends.Found> found = Backends.probeAll();
    assertThat(found)
        .extracting(Backends.Found::name)
        .contains("fast", "slow", "reference", "throws-when-probed");
    assertThat(reasons(found))
        .anySatisfy(reason -> assertThat(reason).contains("no.such.Provider"))
        .anySatisfy(reason -> assertThat(reason).contains("BackendsTest not a subtype"))
        .anySatisfy(reason -> assertThat(reason).contains("libfast.so"))
        .anySatisfy(reason -> assertThat(reason).contains("a probe must not throw"));
    assertThatThrownBy(() -> Backends.best(OPTIONS)).isInstanceOf(Opened.class).hasMessage("fast");
  }

  @Test
  void aGarbledServicesFileHidesNoOtherJar() throws IOException {
    found("not a class name");
    List<Backends.Found> found = Backends.probeAll();
    assertThat(found).extracting(Backends.Found::name).contains("reference");
    assertThat(reasons(found)).singleElement().asString().contains("META-INF/services");
  }

  @Test
  void anUnknownNameTellsOfBrokenProvidersThatMayHaveBeenMeant() throws IOException {
    found("no.such.Provider");
    assertThatThrownBy(() -> Backends.named("cuda", OPTIONS))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no.such.Provider");
  }

  private static List<String> reasons(List<Backends.Found> found) {
    return found.stream()
        .filter(backend -> backend.probe() instanceof Availability.Unusable)
        .map(backend -> ((Availability.Unusable) backend.probe()).reason())
        .toList();
  }

  /** Says which provider was asked to open; nothing more is needed of it. */
  private static final class Opened extends RuntimeException {
    Opened(String name) {
      super(name);
    }
  }

  /** A provider with a given answer. */
  public abstract static class FakeProvider implements BackendProvider {
    private final String name;
    private final Availability probe;

    FakeProvider(String name, Availability probe) {
      this.name = name;
      this.probe = probe;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Availability probe() {
      return probe;
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new Opened(name);
    }
  }

  public static final class Fast extends FakeProvider {
    public Fast() {
      super("fast", new Availability.Usable(10_000, "a fast device"));
    }
  }

  public static final class Slow extends FakeProvider {
    public Slow() {
      super("slow", new Availability.Usable(5000, "a slow device"));
    }
  }

  public static final class Counting extends FakeProvider {
    private static int probes;

    public Counting() {
      super("counting", new Availability.Usable(20_000, "a device that is slow to answer"));
    }

    @Override
    public Availability probe() {
      probes++;
      return super.probe();
    }
  }

  public static final class Absent extends FakeProvider {
    public Absent() {
      super("absent", new Availability.Unusable("no device", "plug one in"));
    }
  }

  public static final class FailsToStart extends FakeProvider {
    public FailsToStart() {
      super("fails-to-start", new Availability.Usable(20_000, "a full device"));
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new WtaException("the device is out of memory", "free some");
    }
  }

  public static final class ThrowsWhenMade extends FakeProvider {
    public ThrowsWhenMade() {
      super("throws-when-made", new Availability.Usable(20_000, "none"));
      throw new UnsatisfiedLinkError("libfast.so");
    }
  }

  public static final class ThrowsWhenProbed extends FakeProvider {
    public ThrowsWhenProbed() {
      super("throws-when-probed", new Availability.Usable(20_000, "none"));
    }

    @Override
    public Availability probe() {
      throw new IllegalStateException("a probe must not throw");
    }
  }
}
