package com.example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.Backends;
import dev.wta.api.tensor.SparseCode;
import dev.wta.models.Encoder;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Serves a run's features over HTTP, all threads on one encoder: {@code RUN PORT}. A sample comes
 * as text, numbers between spaces or commas, and its code goes back as JSON:
 *
 * <pre>{@code
 * $ curl --data '0.5, 1, 0' localhost:8080/encode
 * {"features":256,"indices":[3,17],"values":[0.5,1.25]}
 * }</pre>
 */
public final class EncoderService implements AutoCloseable {
  private static final int THREADS = 8;

  private final Encoder encoder;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final HttpServer server;

  /**
   * Starts to serve this machine.
   *
   * @param port 0 for any that is free
   */
  public EncoderService(Encoder encoder, int port) throws IOException {
    this.encoder = encoder;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.createContext("/encode", this::encode);
    server.setExecutor(threads);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void encode(HttpExchange exchange) throws IOException {
    try (exchange) {
      try {
        String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        answer(exchange, 200, json(encoder.encodeSparse(sample(text))));
      } catch (WtaException | NumberFormatException wrong) { // what the client can mend
        answer(exchange, 400, wrong.getMessage());
      }
    }
  }

  private static float[] sample(String text) {
    String[] numbers = text.strip().split("[\\s,]+");
    float[] sample = new float[numbers.length];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = Float.parseFloat(numbers[i]);
    }
    return sample;
  }

  static String json(SparseCode code) {
    StringBuilder indices = new StringBuilder();
    StringBuilder values = new StringBuilder();
    code.forEach(
        (index, value) -> {
          String comma = indices.isEmpty() ? "" : ",";
          indices.append(comma).append(index);
          values.append(comma).append(value);
        });
    return "{\"features\":%d,\"indices\":[%s],\"values\":[%s]}"
        .formatted(code.features(), indices, values);
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Ends once requests that run are answered. The encoder stays the caller's. */
  @Override
  public void close() {
    server.stop(1);
    threads.close();
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    try (Backend backend = Backends.best();
        Encoder encoder = RunDirectory.open(Path.of(args[0])).encoder(backend);
        EncoderService service = new EncoderService(encoder, Integer.parseInt(args[1]))) {
      System.out.printf("http://localhost:%d/encode%n", service.port());
      Thread.currentThread().join();
    }
  }
}
