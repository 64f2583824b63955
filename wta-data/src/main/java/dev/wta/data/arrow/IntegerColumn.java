package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import dev.wta.data.io.MappedFile;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/** A column of integers, such as those of tokens: one a sample, in lists or not. */
final class IntegerColumn {
  private IntegerColumn() {}

  /**
   * Passes on all numbers of a column, one list after the other.
   *
   * @throws WtaException if there is no such column, it has no integers, or nulls
   */
  static void read(MappedFile file, ArrowIndex arrow, String name, LongConsumer numbers) {
    List<Field> fields = arrow.schema().getFields();
    int column =
        IntStream.range(0, fields.size())
            .filter(i -> fields.get(i).getName().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new WtaException(
                        "%s has no column '%s'".formatted(file.name(), name),
                        "choose one of "
                            + String.join(", ", fields.stream().map(Field::getName).toList())));
    for (ArrowMessage batch : arrow.recordBatches()) {
      ArrowColumn values =
          ArrowColumn.of(file, fields, batch.recordBatch(), batch.body()).get(column);
      for (long value : integers(file, values)) {
        numbers.accept(value);
      }
    }
  }

  /**
   * The samples that stay where a column has one integer a sample, in lists or not.
   *
   * @param samples how many there are
   * @throws WtaException if there is no such column, it has no integer for each sample, or none
   *     stays
   */
  static int[] kept(MappedFile file, ArrowIndex arrow, ReadOptions.Drop drop, int samples) {
    BitSet kept = new BitSet(samples);
    AtomicInteger count = new AtomicInteger();
    read(
        file,
        arrow,
        drop.column(),
        value -> kept.set(count.getAndIncrement(), !drop.values().contains(value)));
    if (count.get() != samples) {
      throw new WtaException(
          "column '%s' of %s has %d values for %d samples"
              .formatted(drop.column(), file.name(), count.get(), samples),
          "give one for each sample");
    }
    if (kept.isEmpty()) {
      throw new WtaException(
          "--drop leaves no sample of " + file.name(), "drop fewer values of " + drop.column());
    }
    return kept.stream().toArray();
  }

  private static long[] integers(MappedFile file, ArrowColumn column) {
    ArrowColumn level = column;
    while (SampleColumn.isList(level.field().getType())) {
      requireNoNull(file, column, level);
      level = level.children().getFirst();
    }
    if (!(level.field().getType() instanceof ArrowType.Int type)
        || level.field().getDictionary() != null) {
      throw new WtaException(
          "column '%s' of %s holds no integers".formatted(column.field().getName(), file.name()),
          "choose a column of integers, such as token_ids");
    }
    requireNoNull(file, column, level);
    return LabelColumn.integers(file, level, type);
  }

  private static void requireNoNull(MappedFile file, ArrowColumn column, ArrowColumn level) {
    if (level.firstNull(file, 0, level.length()) >= 0) {
      throw new WtaException(
          "column '%s' of %s has a null".formatted(column.field().getName(), file.name()),
          "fill it");
    }
  }
}
