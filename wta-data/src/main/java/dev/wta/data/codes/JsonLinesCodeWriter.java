package dev.wta.data.codes;

import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.io.Destination;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** {@link CodeFormat#JSONL}: values have the fewest digits that are read back to the same float. */
final class JsonLinesCodeWriter extends SparseCodeWriter {
  JsonLinesCodeWriter(Destination out, int features, boolean labelled) {
    super(out, features, labelled);
  }

  @Override
  void write(SparseCodes codes, int[] labelsOrNull) throws IOException {
    StringBuilder line = new StringBuilder();
    for (SparseCode code : codes) {
      line.setLength(0);
      line.append('{');
      code.forEach(
          (index, value) ->
              line.append(line.length() == 1 ? "\"" : ",\"")
                  .append(index)
                  .append("\":")
                  .append(value));
      line.append("}\n");
      out().stream().write(line.toString().getBytes(StandardCharsets.US_ASCII));
    }
    out().flush();
  }

  @Override
  void finish() {}

  @Override
  void free() {}
}
