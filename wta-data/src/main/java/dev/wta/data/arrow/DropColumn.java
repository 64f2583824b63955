package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** The column of integers by which samples are left out: one a sample, in lists or not. */
final class DropColumn {
  private DropColumn() {}

  /**
   * The samples that stay.
   *
   * @param samples how many there are
   * @throws WtaException if there is no such column, it has no integer for each sample, or none
   *     stays
   */
  static int[] kept(MappedFile file, ArrowIndex arrow, ReadOptions.Drop drop, int samples) {
    List<Field> fields = arrow.schema().getFields();
    int column =
        IntStream.range(0, fields.size())
            .filter(i -> fields.get(i).getName().equals(drop.column()))
            .findFirst()
            .orElseThrow(
                () ->
                    new WtaException(
                        "%s has no column '%s'".formatted(file.name(), drop.column()),
                        "choose with --drop: "
                            + String.join(", ", fields.stream().map(Field::getName).toList())));
    int[] kept = new int[samples];
    int count = 0;
    int sample = 0;
    for (ArrowMessage batch : arrow.recordBatches()) {
      ArrowColumn values =
          ArrowColumn.of(file, fields, batch.recordBatch(), batch.body()).get(column);
      for (long value : integers(file, values)) {
        if (sample < samples && !drop.values().contains(value)) {
          kept[count++] = sample;
        }
        sample++;
      }
    }
    if (sample != samples) {
      throw new WtaException(
          "column '%s' of %s has %d values for %d samples"
              .formatted(drop.column(), file.name(), sample, samples),
          "give one for each sample");
    }
    if (count == 0) {
      throw new WtaException(
          "--drop leaves no sample of " + file.name(), "drop fewer values of " + drop.column());
    }
    return Arrays.copyOf(kept, count);
  }

  /** All numbers of a column in a record batch, one list after the other. */
  private static long[] integers(MappedFile file, ArrowColumn column) {
    ArrowColumn level = column;
    while (SampleColumn.isList(level.field().getType())) {
      if (level.firstNull(file, 0, level.length()) >= 0) {
        throw new WtaException(
            "column '%s' of %s has a null".formatted(column.field().getName(), file.name()),
            "fill it");
      }
      level = level.children().getFirst();
    }
    if (!(level.field().getType() instanceof ArrowType.Int type)
        || level.field().getDictionary() != null) {
      throw new WtaException(
          "column '%s' of %s holds no integers".formatted(column.field().getName(), file.name()),
          "drop by a column of integers, such as token_ids");
    }
    return LabelColumn.integers(file, level, type);
  }
}
