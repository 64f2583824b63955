package dev.wta.models.tutorial;

import dev.wta.models.ModelFamily;
import dev.wta.models.ModelProvider;
import java.util.List;

/** Named in META-INF/services/dev.wta.models.ModelProvider. */
public final class MyModels implements ModelProvider {
  @Override
  public List<ModelFamily> families() {
    return List.of(KSparse.FAMILY, LifetimeSae.FAMILY);
  }
}
