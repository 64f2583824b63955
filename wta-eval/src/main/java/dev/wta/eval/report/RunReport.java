package dev.wta.eval.report;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.WtaVersion;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.RandomPatches;
import dev.wta.eval.image.TileShape;
import dev.wta.eval.metrics.SparsityMeter;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.NumberFormats;
import dev.wta.eval.report.html.Page;
import dev.wta.eval.report.html.Section;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.TrainingState;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The HTML report of a run: filters, top activating samples, reconstructions, curves, probes and
 * provenance in one self-contained file.
 *
 * <pre>{@code
 * RunReport.of(run, model).data(images).write(Path.of("report"));
 * }</pre>
 */
public final class RunReport {
  /** The name of the page in its folder. */
  public static final String PAGE = "index.html";

  private static final int USUAL_BATCH = 100;
  private static final int PATCHES = 10_000;

  private final RunDirectory run;
  private final FeatureExtractor encoder;
  private Optional<Dataset> data = Optional.empty();
  private Optional<Dataset> targets = Optional.empty();
  private String whyNoData = "No data was given.";
  private ProgressListener listener = ProgressListener.SILENT;

  private RunReport(RunDirectory run, FeatureExtractor encoder) {
    this.run = run;
    this.encoder = encoder;
  }

  /** What was written. */
  public record Summary(Path page, long bytes) {}

  /** A report on a run and its last checkpoint's encoder, both of which stay the caller's. */
  public static RunReport of(RunDirectory run, FeatureExtractor encoder) {
    return new RunReport(run, encoder);
  }

  /**
   * Shows what the model does with samples, which stay the caller's to close. A model of patches
   * may be given pictures: it is shown random patches of them.
   *
   * @throws WtaException if they are not of the model's shape
   */
  public RunReport data(Dataset samples) {
    Dataset seen = patches(samples).orElse(samples);
    encoder.requireShape(seen);
    data = Optional.of(seen);
    return this;
  }

  /**
   * Shows how well a transcoder makes these of its samples, which {@link #data} was given before;
   * they stay the caller's to close.
   *
   * @throws WtaException if the model is no transcoder, or they are not its samples' targets
   */
  public RunReport target(Dataset wanted) {
    if (!(encoder instanceof Model model)) {
      throw new WtaException(
          "%s reconstructs nothing, and has no target".formatted(encoder.family()),
          "leave the target out");
    }
    model.requireTarget(data.orElseThrow(), wanted);
    targets = Optional.of(wanted);
    return this;
  }

  private Optional<Dataset> patches(Dataset pictures) {
    Object trainedOn = run.config().training().get(TrainingSettings.PATCH);
    if (trainedOn == null || pictures.sampleShape().equals(encoder.sampleShape())) {
      return Optional.empty();
    }
    int perPicture = Math.ceilDiv(PATCHES, pictures.size());
    return TrainingSettings.patch(trainedOn.toString())
        .map(
            size ->
                RandomPatches.of(pictures, size, perPicture, Seed.of(0).stream("patches/report")));
  }

  /**
   * Leaves out what needs samples.
   *
   * @param why there are none, and what to do about it, in a sentence for the page
   */
  public RunReport withoutData(String why) {
    data = Optional.empty();
    whyNoData = why;
    return this;
  }

  /** Reports progress to {@code listener}. */
  public RunReport listen(ProgressListener listener) {
    this.listener = listener;
    return this;
  }

  /**
   * Writes the page into a folder, which is made if it is not there.
   *
   * @throws WtaException if it cannot be written
   */
  public Summary write(Path folder) {
    Path file = folder.resolve(PAGE);
    return new Summary(file, PageFile.write(file, html()));
  }

  private String html() {
    List<MetricsHistory> layers =
        run.layers().stream().map(layer -> new MetricsHistory(layer.readMetrics())).toList();
    MetricsHistory history =
        layers.isEmpty() ? new MetricsHistory(run.readMetrics()) : layers.getLast();
    List<ProbeNote> probes = run.probes().stream().map(ProbeNote::new).toList();
    Optional<Dataset> looked =
        data.map(samples -> SampleSpread.over(samples, SparsityMeter.samples(encoder, samples)));
    Optional<SparsityMeter> activity =
        looked.map(
            samples ->
                SparsityMeter.of(
                    encoder,
                    samples,
                    targets.map(all -> SampleSpread.over(all, samples.size())),
                    listener));
    List<Element> sections = new ArrayList<>();
    addPictures(sections, looked, activity);
    run.evaluation().flatMap(EvaluationSection::section).ifPresent(sections::add);
    ProbesSection.section(probes).ifPresent(sections::add);
    activity.map(ActivitySection::section).ifPresent(sections::add);
    if (layers.isEmpty()) {
      sections.add(TrainingSection.section("training", "Training curves", history));
    }
    for (int i = 0; i < layers.size(); i++) {
      String heading = "Training curves of layer %d".formatted(i + 1);
      sections.add(TrainingSection.section("training-" + (i + 1), heading, layers.get(i)));
    }
    sections.add(ProvenanceSection.section(run.config()));
    String name = run.path().toAbsolutePath().normalize().getFileName().toString();
    return Page.of(
        name + " · wta",
        Overview.header(name, run.config(), encoder, history, activity, probes),
        sections,
        footer(looked));
  }

  /** Adds the sections of images: filters, reconstructions, samples that activate units. */
  private void addPictures(
      List<Element> sections, Optional<Dataset> looked, Optional<SparsityMeter> activity) {
    Optional<UnitsSection> units = Optional.empty();
    if (TileShape.find(encoder.filterShape()).isPresent()) {
      boolean displayable = TileShape.find(encoder.sampleShape()).isPresent();
      units =
          Optional.of(
              new UnitsSection(
                  looked.isPresent() && displayable
                      ? Gallery.of(encoder, looked.get(), activity.orElseThrow())
                      : Gallery.of(encoder)));
    }
    units.map(UnitsSection::filters).ifPresent(sections::add);
    if (looked.isEmpty()) {
      sections.add(
          Section.of(
              "missing",
              "Left out",
              Section.note(
                  "Without samples there are no"
                      + " reconstructions, no activity and no samples that activate units. "
                      + whyNoData)));
    } else if (encoder instanceof Model model && reconstructs(model)) {
      sections.add(
          Reconstructions.section(
              model,
              looked.get(),
              targets.map(all -> SampleSpread.over(all, looked.get().size())),
              batch()));
    }
    units.flatMap(UnitsSection::portraits).ifPresent(sections::add);
    addLowerLayers(sections);
  }

  /** Whether there are targets of reconstructions, and both can be shown as images. */
  private boolean reconstructs(Model model) {
    return TileShape.find(model.reconstructionShape()).isPresent()
        && (model.target().isEmpty() || targets.isPresent());
  }

  /** The filters of a stack's lower layers, the uppermost first. */
  private void addLowerLayers(List<Element> sections) {
    for (int layer = encoder.layers().size() - 1; layer >= 1; layer--) {
      try (Tensor onDevice = encoder.layerFilters(layer)) {
        Shape shape = onDevice.shape().row();
        if (TileShape.find(shape).isPresent()) {
          float[] filters = encoder.backend().memory().download(onDevice);
          sections.add(
              new UnitsSection(Gallery.of(filters, shape))
                  .filters("filters-" + layer, "Filters of layer %d".formatted(layer)));
        }
      }
    }
  }

  /** The samples of a batch in training. */
  private int batch() {
    return run.config().training().get("batch") instanceof Number batch
        ? batch.intValue()
        : USUAL_BATCH;
  }

  private String footer(Optional<Dataset> looked) {
    String step =
        run.state()
            .map(TrainingState::step)
            .map(at -> " at step " + NumberFormats.count(at))
            .orElse("");
    String samples = looked.map(Dataset::name).map(name -> ", looking at " + name).orElse("");
    return "Written by wta %s from %s%s%s."
        .formatted(WtaVersion.current(), run.path(), step, samples);
  }
}
