package dev.wta.data.arrow;

import dev.wta.data.io.MappedFile;
import java.util.function.Supplier;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Reads schemas that may be damaged. */
final class ArrowSchema {
  private static final int DEEPEST = 64;
  private static final int MOST_FIELDS = 100_000;

  private ArrowSchema() {}

  /** The schema that a message holds. */
  static Schema read(MappedFile file, ArrowMessage message) {
    return read(
        file,
        () ->
            (org.apache.arrow.flatbuf.Schema)
                message.header().header(new org.apache.arrow.flatbuf.Schema()));
  }

  static Schema read(MappedFile file, Supplier<org.apache.arrow.flatbuf.Schema> source) {
    return file.parse(
        "its schema",
        () -> {
          org.apache.arrow.flatbuf.Schema schema = source.get();
          if (schema.endianness() != Endianness.Little) {
            throw file.damaged("big-endian data");
          }
          int fields = 0;
          for (int i = 0; i < schema.fieldsLength(); i++) {
            fields = count(file, schema.fields(i), 1, fields);
          }
          return Schema.convertSchema(schema);
        });
  }

  /**
   * Damaged bytes can make a field its own child: the fields are counted before they are converted.
   */
  private static int count(MappedFile file, Field field, int depth, int before) {
    if (depth > DEEPEST || before >= MOST_FIELDS) {
      throw file.damaged("a schema without end");
    }
    int fields = before + 1;
    for (int i = 0; i < field.childrenLength(); i++) {
      fields = count(file, field.children(i), depth + 1, fields);
    }
    return fields;
  }
}
