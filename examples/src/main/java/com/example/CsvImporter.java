package com.example;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.ElementType;
import dev.wta.data.arrow.ArrowDatasetWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Turns CSV, a sample a line and its label in the last column, into an Arrow file. */
public final class CsvImporter {
  private CsvImporter() {}

  /**
   * Writes {@code arrow}, which appears once it is whole.
   *
   * @return the samples written
   * @throws WtaException if a line is not such a sample; it says which
   */
  public static int convert(Path csv, Path arrow) {
    try (BufferedReader lines = Files.newBufferedReader(csv)) {
      String line = lines.readLine();
      if (line == null) {
        throw new WtaException(csv + " is empty", "give a file with a sample a line");
      }
      int inputs = line.split(",").length - 1;
      float[] values = new float[inputs];
      int[] label = new int[1];
      int samples = 0;
      try (var writer =
          ArrowDatasetWriter.create(arrow, Shape.of(inputs), ElementType.FLOAT32, true)) {
        for (; line != null; line = lines.readLine()) {
          samples++;
          read(line, csv + ", line " + samples, values, label);
          writer.append(values, label, 1);
        }
        writer.commit();
      }
      return samples;
    } catch (IOException e) {
      throw new WtaException("cannot read " + csv, "give a readable file", e);
    }
  }

  private static void read(String line, String place, float[] values, int[] label) {
    String[] columns = line.split(",");
    if (columns.length != values.length + 1) {
      throw new WtaException(
          "%s has %d columns, not %d".formatted(place, columns.length, values.length + 1),
          "give every sample as many values, and a label");
    }
    try {
      for (int i = 0; i < values.length; i++) {
        values[i] = Float.parseFloat(columns[i].strip());
      }
      label[0] = Integer.parseInt(columns[values.length].strip());
    } catch (NumberFormatException e) {
      throw new WtaException(place + ": " + e.getMessage(), "give numbers, the label last", e);
    }
  }
}
