package dev.wta.bench.measure;

import dev.wta.api.WtaException;
import dev.wta.api.op.Precision;
import dev.wta.bench.kernel.FcWtaKernels;
import dev.wta.bench.kernel.Gemm;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Columns;
import dev.wta.bench.step.ArrowRead;
import dev.wta.bench.step.SvmProbe;
import dev.wta.bench.step.TrainingStep;
import dev.wta.workloads.ConvStep;
import dev.wta.workloads.EncodeWorkload;
import dev.wta.workloads.FcStep;
import dev.wta.workloads.GemmWorkload;
import dev.wta.workloads.ProbeWorkload;
import dev.wta.workloads.TopKStep;
import dev.wta.workloads.TrainerStep;
import dev.wta.workloads.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All that {@code wta bench} can measure, in the table's order. */
public final class BenchmarkTable {
  private static final String GEMM = Gemm.class.getName() + ".product";
  private static final String ENCODE = FcWtaKernels.class.getName() + ".encode";
  private static final String STEP = TrainingStep.class.getName() + ".step";

  private static final String FLOATS = "float32";

  private static final GemmWorkload PRODUCT = new GemmWorkload();
  private static final String PRODUCT_SHAPE =
      "%dx%dx%d".formatted(GemmWorkload.M, GemmWorkload.N, GemmWorkload.K);

  private BenchmarkTable() {}

  /** What is measured unless workloads are named. */
  public static List<BenchmarkSpec> table() {
    return List.of(
        gemm(PRODUCT.name(), PRODUCT_SHAPE, "nn").comparedOn(PRODUCT),
        BenchmarkSpec.of("encode", "samples/s", FcStep.BATCH, ENCODE, Map.of())
            .comparedOn(new EncodeWorkload()),
        step(new FcStep(true), "samples/s", FcStep.BATCH),
        step(new FcStep(false), "samples/s", FcStep.BATCH),
        topK(TopKStep.USUAL),
        step(ConvStep.DEEP, "samples/s", ConvStep.DEEP.batch()),
        step(ConvStep.SHALLOW, "samples/s", ConvStep.SHALLOW.batch()),
        BenchmarkSpec.of("probe", "fits/min", 60, SvmProbe.class.getName() + ".fit", Map.of())
            .comparedOn(new ProbeWorkload())
            .asLengthy(),
        arrowRead("arrow-read", "in-order"));
  }

  /** What is measured only where it is named. */
  static List<BenchmarkSpec> others() {
    List<BenchmarkSpec> others = new ArrayList<>();
    TopKStep.LARGE.forEach(step -> others.add(topK(step)));
    TrainerStep.USUAL.forEach(step -> others.add(step(step, "samples/s", step.batch())));
    TrainerStep.LARGE.forEach(
        step -> others.add(step(step, "samples/s", step.batch()).warmedUp(3)));
    others.add(alone(ConvStep.DENSE));
    others.add(rounded(alone(ConvStep.DENSE)));
    others.add(gemm("gemm-256", PRODUCT_SHAPE, "nn").withVectorBits(256));
    others.add(gemm("gemm-128", PRODUCT_SHAPE, "nn").withVectorBits(128));
    others.add(gemm("gemm-encode", "100x2000x784", "nt"));
    others.add(gemm("gemm-weights", "2000x784x100", "tn"));
    others.add(gemm("gemm-topk-encode", "512x6144x768", "nt"));
    others.add(gemm("gemm-probe", "60000x10x2000", "nt"));
    others.add(gemm("gemm-probe-gradient", "10x2000x60000", "tn"));
    others.add(arrowRead("arrow-read-shuffled", "shuffled"));
    return List.copyOf(others);
  }

  /** All of both. */
  public static List<BenchmarkSpec> all() {
    List<BenchmarkSpec> all = new ArrayList<>(table());
    all.addAll(others());
    return List.copyOf(all);
  }

  /** Their names, as people read them. */
  public static String list() {
    Columns columns = new Columns(3);
    columns.add(List.of("workload", "unit", ""));
    table().forEach(row -> columns.add(List.of(row.name(), row.unit(), "in the table")));
    others().forEach(row -> columns.add(List.of(row.name(), row.unit(), "where named")));
    return columns.text();
  }

  /**
   * Those of these names, in that order; the table where there are no names.
   *
   * @throws WtaException if there is none of a name
   */
  public static List<BenchmarkSpec> named(List<String> names) {
    if (names.isEmpty()) {
      return table();
    }
    List<BenchmarkSpec> all = all();
    List<String> known = all.stream().map(BenchmarkSpec::name).toList();
    return names.stream()
        .distinct()
        .map(
            name -> {
              int index = known.indexOf(name);
              if (index < 0) {
                throw new WtaException(
                    "there is no workload '%s'".formatted(name),
                    "choose from " + String.join(", ", known));
              }
              return all.get(index);
            })
        .toList();
  }

  private static BenchmarkSpec gemm(String name, String shape, String transposed) {
    double operations = 2;
    for (String extent : shape.split("x", -1)) {
      operations *= Integer.parseInt(extent);
    }
    return BenchmarkSpec.of(
        name, "GFLOP/s", operations / 1e9, GEMM, Map.of("shape", shape, "transposed", transposed));
  }

  private static BenchmarkSpec arrowRead(String name, String order) {
    return BenchmarkSpec.of(
        name,
        "GB/s",
        ArrowRead.bytes(FLOATS) / 1e9,
        ArrowRead.class.getName() + ".epoch",
        Map.of("type", FLOATS, "order", order));
  }

  /** Rates of this step still rise after two seconds: frameworks grow their memory meanwhile. */
  private static BenchmarkSpec topK(TopKStep step) {
    return step(step, "samples/s", step.batch()).warmedUp(3);
  }

  /** A step that frameworks are not compared on. */
  private static BenchmarkSpec alone(ConvStep step) {
    return step(step.name(), "samples/s", step.batch());
  }

  /** The same with dense products in bfloat16. */
  private static BenchmarkSpec rounded(BenchmarkSpec step) {
    return step.named(step.name() + "-bf16").with("precision", Precision.BF16.name());
  }

  private static BenchmarkSpec step(Workload workload, String unit, int batch) {
    return step(workload.name(), unit, batch).comparedOn(workload);
  }

  private static BenchmarkSpec step(String workload, String unit, int batch) {
    Map<String, String> parameters =
        Map.of("workload", workload, "precision", Precision.FLOAT32.name());
    return BenchmarkSpec.of(workload, unit, batch, STEP, parameters);
  }
}
