package dev.wta.models.drsae;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The units of a discriminative recurrent sparse autoencoder by the angle between their encoder's
 * row and their decoder's column (Rolfe and LeCun 2013): it distinguishes part-units, which decode
 * to what makes them active, from categorical-units, which the other units make active.
 *
 * @param units in their order; those whose encoder or decoder is zero have no angle and are left
 *     out
 */
public record UnitAngles(List<Unit> units) {
  private static final double LARGEST_OF_PARTS = 0.5;
  private static final double SMALLEST_OF_CATEGORIES = 0.7;

  public UnitAngles {
    units = List.copyOf(units);
  }

  /** What a unit is, by its angle. */
  public enum Kind {
    /** Below 0.5 rad. */
    PART("part-units"),
    /** Neither of the others. */
    BETWEEN("between"),
    /** Above 0.7 rad. */
    CATEGORICAL("categorical-units");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** What people call them. */
    public String text() {
      return text;
    }

    /** {@code part}, {@code between} or {@code categorical}. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A unit.
   *
   * @param angle between its row of E and its column of D, in radians
   * @param recurrent the L2 norm of its row of S - I
   * @param classifier the L2 norm of its column of C
   */
  public record Unit(int index, double angle, double recurrent, double classifier) {
    public Kind kind() {
      if (angle < LARGEST_OF_PARTS) {
        return Kind.PART;
      }
      return angle > SMALLEST_OF_CATEGORIES ? Kind.CATEGORICAL : Kind.BETWEEN;
    }
  }

  /** The units of a model. */
  public static UnitAngles of(Drsae model) {
    float[] encoder = download(model, model.encoderFilters());
    float[] decoder = download(model, model.decoderFilters());
    float[] recurrent = download(model, model.recurrentWeights());
    float[] classifier = download(model, model.classifierWeights());
    int units = model.features();
    int inputs = encoder.length / units;
    List<Unit> found = new ArrayList<>();
    for (int u = 0; u < units; u++) {
      double lengths = norm(encoder, u * inputs, 1, inputs) * norm(decoder, u * inputs, 1, inputs);
      if (lengths > 0) {
        double dot = 0;
        for (int i = u * inputs; i < (u + 1) * inputs; i++) {
          dot += (double) encoder[i] * decoder[i];
        }
        found.add(
            new Unit(
                u,
                Math.acos(Math.clamp(dot / lengths, -1.0, 1.0)),
                norm(recurrent, u * units, 1, units),
                norm(classifier, u, units, model.classes())));
      }
    }
    return new UnitAngles(found);
  }

  private static float[] download(Drsae model, Tensor tensor) {
    Memory memory = model.backend().memory();
    return memory.download(tensor);
  }

  private static double norm(float[] values, int from, int step, int count) {
    double squares = 0;
    for (int i = 0; i < count; i++) {
      squares += (double) values[from + i * step] * values[from + i * step];
    }
    return Math.sqrt(squares);
  }

  /** The units of a kind, in their order. */
  public List<Unit> of(Kind kind) {
    return units.stream().filter(unit -> unit.kind() == kind).toList();
  }

  /** The units' numbers by growing angle: part-units first. */
  public int[] byAngle() {
    return units.stream()
        .sorted(Comparator.comparingDouble(Unit::angle))
        .mapToInt(Unit::index)
        .toArray();
  }
}
