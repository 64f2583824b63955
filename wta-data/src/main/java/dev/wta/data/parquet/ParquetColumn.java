package dev.wta.data.parquet;

import java.util.List;
import java.util.Optional;

/**
 * A column of numbers, or of lists of numbers, nested or not.
 *
 * @param index of its chunk in each row group
 * @param element what its values are
 * @param maxDefinition the definition level of a value that is there
 * @param lists the definition level of an element of the lists at each level, the outermost first
 */
public record ParquetColumn(
    String name, int index, Element element, int maxDefinition, List<Integer> lists) {
  public ParquetColumn {
    lists = List.copyOf(lists);
  }

  /** How many lists a value is in. */
  public int depth() {
    return lists.size();
  }

  /** The numbers that are read, as they are stored and as they are handed on. */
  public enum Element {
    /** An INT32 that is an unsigned byte; handed on as one byte. */
    UINT8(4, 1),
    INT32(4, 4),
    INT64(8, 8),
    FLOAT16(2, 2),
    FLOAT32(4, 4),
    /** Handed on as float32, rounded to the nearest. */
    FLOAT64(8, 4);

    private final int stored;
    private final int bytes;

    Element(int stored, int bytes) {
      this.stored = stored;
      this.bytes = bytes;
    }

    /** The bytes of a number in a page. */
    int stored() {
      return stored;
    }

    /** The bytes of a number that is handed on, little-endian. */
    public int bytes() {
      return bytes;
    }

    /** What a leaf of the schema holds; empty for what is not read. */
    static Optional<Element> of(ThriftStruct leaf) {
      int converted = (int) leaf.number(6, -1);
      Optional<ThriftStruct> logical = leaf.struct(10);
      Optional<ThriftStruct> integer = logical.flatMap(type -> type.struct(10));
      boolean otherwise =
          logical.isPresent() && integer.isEmpty() || converted >= 0 && !integerType(converted);
      return switch ((int) leaf.number(1, -1)) {
        case 1 ->
            otherwise
                ? Optional.empty()
                : Optional.of(unsignedByte(integer, converted) ? UINT8 : INT32);
        case 2 -> otherwise ? Optional.empty() : Optional.of(INT64);
        case 4 -> Optional.of(FLOAT32);
        case 5 -> Optional.of(FLOAT64);
        case 7 ->
            leaf.number(2, 0) == 2 && logical.filter(type -> type.has(15)).isPresent()
                ? Optional.of(FLOAT16)
                : Optional.empty();
        default -> Optional.empty();
      };
    }

    /** UINT_8 to INT_64 of the older annotations. */
    private static boolean integerType(int converted) {
      return converted >= 11 && converted <= 18;
    }

    private static boolean unsignedByte(Optional<ThriftStruct> integer, int converted) {
      return integer
          .map(type -> type.number(1, 0) == Byte.SIZE && !type.flag(2, true))
          .orElse(converted == 11);
    }
  }
}
