package dev.wta.spark;

import dev.wta.api.WtaException;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns that an Estimator and its model read and write: parameters, and their checks. */
final class Columns implements Serializable {
  static final String VECTOR = "vector";
  static final String STRUCT = "struct";

  /** Of {@link #STRUCT}: the active features of a sample, by ascending index. */
  static final StructType CODE =
      new StructType()
          .add("indices", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
          .add("values", DataTypes.createArrayType(DataTypes.FloatType, false), false);

  final Param<String> input;
  final Param<String> output;
  final Param<String> outputType;

  Columns(Params owner) {
    input =
        new Param<>(
            owner,
            "inputCol",
            "the samples, as the training data had them: vectors, or arrays of float or double");
    output = new Param<>(owner, "outputCol", "the samples' features, a column that is added");
    outputType =
        new Param<>(
            owner,
            "outputType",
            "what features are: 'vector', a sparse one, or 'struct', with indices and values");
  }

  /** What a data frame looks like with the output column. */
  static StructType added(StructType schema, String input, String output, String outputType) {
    requireNumbers(schema, input, "the samples with setInputCol");
    if (Arrays.asList(schema.fieldNames()).contains(output)) {
      throw new WtaException(
          "there is a column '%s' already".formatted(output),
          "name another one with setOutputCol, or drop it first");
    }
    DataType type =
        switch (outputType) {
          case VECTOR -> SQLDataTypes.VectorType();
          case STRUCT -> CODE;
          default ->
              throw new WtaException(
                  "outputType is '%s'".formatted(outputType),
                  "set it to '%s' or '%s'".formatted(VECTOR, STRUCT));
        };
    return schema.add(output, type, false);
  }

  /**
   * Checks that a column can hold samples or targets.
   *
   * @param what it should hold, and how another one is named
   */
  static void requireNumbers(StructType schema, String column, String what) {
    StructField field =
        Arrays.stream(schema.fields())
            .filter(one -> one.name().equals(column))
            .findFirst()
            .orElseThrow(
                () ->
                    new WtaException(
                        "there is no column '%s' among %s"
                            .formatted(column, String.join(", ", schema.fieldNames())),
                        "name the column of " + what));
    DataType type = field.dataType();
    boolean numbers =
        type instanceof ArrayType array
            && (array.elementType().equals(DataTypes.FloatType)
                || array.elementType().equals(DataTypes.DoubleType));
    if (!numbers && !type.equals(SQLDataTypes.VectorType())) {
      throw new WtaException(
          "column '%s' is of type %s".formatted(column, type.catalogString()),
          "give vectors, or arrays of float or double");
    }
  }
}
