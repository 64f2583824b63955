package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.name.Named;
import dev.wta.cli.job.DemoRequest;
import dev.wta.data.Dataset;
import dev.wta.data.Digits;

/** Provides the built-in digits as the demo's data. They are in memory, and need no closing. */
final class DemoModule extends AbstractModule {
  private final DemoRequest request;

  DemoModule(DemoRequest request) {
    this.request = request;
  }

  @Provides
  DemoRequest request() {
    return request;
  }

  @Provides
  @Singleton
  @Named("train")
  Dataset train() {
    return Digits.train();
  }

  @Provides
  @Singleton
  @Named("test")
  Dataset test() {
    return Digits.test();
  }
}
