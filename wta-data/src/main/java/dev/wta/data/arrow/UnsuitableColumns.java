package dev.wta.data.arrow;

import dev.wta.api.WtaException;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Says why no column of a schema can hold samples, with the remedy for what is most often met. */
final class UnsuitableColumns {
  private UnsuitableColumns() {}

  static WtaException explain(String file, Schema schema) {
    String problem =
        schema.getFields().isEmpty()
            ? file + " has no columns"
            : "%s has no column of lists of uint8, float16 or float32, only %s"
                .formatted(
                    file,
                    schema.getFields().stream()
                        .map(field -> "'%s' (%s)".formatted(field.getName(), describe(field)))
                        .collect(Collectors.joining(", ")));
    return new WtaException(problem, remedy(schema));
  }

  private static String remedy(Schema schema) {
    for (Field field : schema.getFields()) {
      if (field.getType() instanceof ArrowType.Struct
          && field.getChildren().stream().anyMatch(child -> child.getName().equals("bytes"))) {
        return "decode the pictures in '%s' into lists of uint8 before writing"
            .formatted(field.getName());
      }
    }
    for (Field field : schema.getFields()) {
      if (SampleColumn.isList(field.getType())) {
        return "cast '%s' to lists of float32".formatted(field.getName());
      }
    }
    return "write the samples as a column of fixed-size lists of uint8 or float32";
  }

  /** The type as pyarrow writes it, roughly: {@code list<list<double>>}. */
  private static String describe(Field field) {
    if (field.getDictionary() != null) {
      return "dictionary";
    }
    if (SampleColumn.isList(field.getType()) && field.getChildren().size() == 1) {
      return "list<" + describe(field.getChildren().getFirst()) + ">";
    }
    return switch (field.getType()) {
      case ArrowType.Int integer ->
          (integer.getIsSigned() ? "int" : "uint") + integer.getBitWidth();
      case ArrowType.FloatingPoint floating ->
          switch (floating.getPrecision()) {
            case HALF -> "float16";
            case SINGLE -> "float32";
            case DOUBLE -> "float64";
          };
      case ArrowType.Struct struct ->
          field.getChildren().stream()
              .map(Field::getName)
              .collect(Collectors.joining(", ", "struct<", ">"));
      case ArrowType other -> other.getTypeID().name().toLowerCase(Locale.ROOT);
    };
  }
}
