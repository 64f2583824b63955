package dev.wta.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WtaVersionTest {
  @Test
  void theBuildFillsTheVersionIn() {
    assertThat(WtaVersion.current()).matches("\\d+\\.\\d+\\.\\d+.*");
  }
}
