package dev.wta.api.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedTest {

  /** Checkpoints and published figures depend on these: a changed number is a broken promise. */
  @Test
  void streamsNeverChange() {
    assertThat(Seed.of(1).stream("")).isEqualTo(new Philox(1, 0xcbf29ce484222325L));
    assertThat(Seed.of(1).stream("a")).isEqualTo(new Philox(1, 0xaf63dc4c8601ec8cL));
    assertThat(Seed.of(2).stream("foobar")).isEqualTo(new Philox(2, 0x85944171f73967e8L));
  }

  @Test
  void everyUseAndEveryTimeHasAStreamOfItsOwn() {
    Set<Philox> streams = new HashSet<>();
    for (String use : new String[] {"init/encoder", "init/decoder", "shuffle"}) {
      for (int index = 0; index < 100; index++) {
        streams.add(Seed.of(1).stream(use, index));
        streams.add(Seed.of(2).stream(use, index));
      }
    }
    assertThat(streams).hasSize(600);
    assertThat(Seed.of(1).stream("shuffle")).isEqualTo(Seed.of(1).stream("shuffle", 0));
  }
}
