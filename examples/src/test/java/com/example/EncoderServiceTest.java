package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Encoder;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.training.Trainer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One encoder behind a server, asked by many threads. */
@Timeout(300)
class EncoderServiceTest {
  private static final int CLIENTS = 8;
  private static final int REQUESTS = 10_000;
  private static final int SAMPLES = 100;
  private static final int INPUTS = 16;

  @TempDir Path directory;

  private final HttpClient client = HttpClient.newHttpClient();

  private static float[] samples() {
    Random random = new Random(1);
    float[] values = new float[SAMPLES * INPUTS];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  private void train(Backend backend, Path run) {
    Shape sample = Shape.of(INPUTS);
    try (Model model = TopKSae.Settings.DEFAULTS.hidden(64).k(4).on(sample, backend, Seed.of(1))) {
      MemoryDataset data = MemoryDataset.of("samples", sample, samples());
      Trainer.of(model).data(data).batch(10).epochs(3).to(run).train();
    }
  }

  @Test
  void everyAnswerIsRight() throws Exception {
    Path run = directory.resolve("run");
    try (Backend backend = Backends.best()) {
      train(backend, run);
      try (Encoder encoder = RunDirectory.open(run).encoder(backend);
          EncoderService service = new EncoderService(encoder, 0);
          ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
        List<String> bodies = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        float[] values = samples();
        for (int i = 0; i < SAMPLES; i++) {
          float[] sample = Arrays.copyOfRange(values, i * INPUTS, (i + 1) * INPUTS);
          bodies.add(Arrays.toString(sample).replaceAll("[\\[\\]]", ""));
          expected.add(EncoderService.json(encoder.encodeSparse(sample)));
        }
        assertThat(expected.getFirst()).matches("\\{\"features\":64,\"indices\":\\[\\d.*");
        List<Future<?>> asking = new ArrayList<>();
        for (int c = 0; c < CLIENTS; c++) {
          int first = c;
          asking.add(
              clients.submit(
                  () -> {
                    for (int i = first; i < REQUESTS; i += CLIENTS) {
                      HttpResponse<String> answer = ask(service, bodies.get(i % SAMPLES));
                      assertThat(answer.statusCode()).isEqualTo(200);
                      assertThat(answer.body()).isEqualTo(expected.get(i % SAMPLES));
                    }
                    return null;
                  }));
        }
        for (Future<?> one : asking) {
          one.get();
        }
        HttpResponse<String> wrong = ask(service, "1, 2, 3");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body())
            .isEqualTo(
                "the sample has 3 numbers, and the model takes 16; give all numbers of shape 16,"
                    + " row by row");
        assertThat(ask(service, "many words").statusCode()).isEqualTo(400);
      }
    }
  }

  private HttpResponse<String> ask(EncoderService service, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d/encode".formatted(service.port())))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
