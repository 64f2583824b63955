package dev.wta.peers.liblinear;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import dev.wta.workloads.Peer;
import dev.wta.workloads.ProbeWorkload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * The probe by coordinate descent in the dual, LIBLINEAR's solver by default. LIBLINEAR itself
 * solves the classes one after another; here each is a problem of its own, so that threads can
 * share them.
 */
final class LiblinearProbe implements Peer.Call {
  /** LIBLINEAR's default for this solver. */
  private static final double EPSILON = 0.1;

  private final ProbeWorkload workload;
  private final float[] values;
  private final List<Problem> problems;
  private final ExecutorService threads;
  private double[] weights;

  LiblinearProbe(ProbeWorkload workload, int threads) {
    this.workload = workload;
    this.threads = Executors.newFixedThreadPool(threads);
    values = workload.values();
    weights = new double[ProbeWorkload.CLASSES * columns()];
    int[] labels = workload.labels();
    Feature[][] samples =
        IntStream.range(0, workload.samples()).mapToObj(this::sample).toArray(Feature[][]::new);
    problems =
        IntStream.range(0, ProbeWorkload.CLASSES)
            .mapToObj(label -> problem(samples, labels, label))
            .toList();
  }

  /** The features and the constant one. */
  private int columns() {
    return workload.features() + 1;
  }

  /** What is not zero, and the constant feature, numbered from 1. */
  private Feature[] sample(int sample) {
    int row = sample * workload.features();
    List<Feature> features = new ArrayList<>();
    for (int j = 0; j < workload.features(); j++) {
      if (values[row + j] != 0) {
        features.add(new FeatureNode(j + 1, values[row + j]));
      }
    }
    features.add(new FeatureNode(columns(), 1));
    return features.toArray(Feature[]::new);
  }

  /** One class against the rest. */
  private Problem problem(Feature[][] samples, int[] labels, int label) {
    Problem problem = new Problem();
    problem.l = samples.length;
    problem.n = columns();
    problem.bias = -1; // none beside the constant feature
    problem.x = samples;
    problem.y = Arrays.stream(labels).mapToDouble(other -> other == label ? 1 : -1).toArray();
    return problem;
  }

  @Override
  public void run() {
    List<CompletableFuture<double[]>> solutions =
        problems.stream()
            .map(problem -> CompletableFuture.supplyAsync(() -> solve(problem), threads))
            .toList();
    weights =
        solutions.stream().map(CompletableFuture::join).flatMapToDouble(Arrays::stream).toArray();
  }

  /** The weights, by which the score of samples labelled 1 is positive. */
  private static double[] solve(Problem problem) {
    SolverType solver = SolverType.L2R_L2LOSS_SVC_DUAL;
    // A parameter has a random source, which the solver shuffles samples by.
    return Linear.train(problem, new Parameter(solver, ProbeWorkload.C, EPSILON))
        .getFeatureWeights();
  }

  @Override
  public double result() {
    return workload.objective(values, weights);
  }

  @Override
  public void close() {
    threads.close();
  }
}
