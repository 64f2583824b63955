package dev.wta.cli.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.name.Named;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.cli.job.TrainingRequest;
import dev.wta.data.Dataset;
import dev.wta.models.Encoder;
import dev.wta.models.ModelFamilies;
import dev.wta.models.training.TrainingSettings;

/** Makes the model that is to be trained. */
final class NewModelModule extends AbstractModule {
  private final TrainingRequest request;
  private final Resources resources;

  NewModelModule(TrainingRequest request, Resources resources) {
    this.request = request;
    this.resources = resources;
  }

  @Provides
  TrainingRequest request() {
    return request;
  }

  @Provides
  @Singleton
  Encoder model(@Named("train") Dataset data, Backend backend) {
    TrainingSettings training = request.settings().training();
    Seed seed = Seed.of(training.seed());
    Encoder model =
        ModelFamilies.named(request.family())
            .create(request.settings().model(), training.sampleShape(data), backend, seed);
    return resources.add(model, model::close);
  }
}
