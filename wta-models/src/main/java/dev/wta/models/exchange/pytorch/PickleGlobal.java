package dev.wta.models.exchange.pytorch;

import dev.wta.models.io.TensorType;
import java.util.Arrays;
import java.util.Optional;

/** What a state dictionary's pickle may name. They are marks for the reader; nothing is called. */
enum PickleGlobal {
  ORDERED_DICT("collections OrderedDict", Optional.empty()),
  REBUILD_TENSOR("torch._utils _rebuild_tensor_v2", Optional.empty()),
  REBUILD_PARAMETER("torch._utils _rebuild_parameter", Optional.empty()),
  FLOAT("torch FloatStorage", Optional.of(TensorType.F32)),
  DOUBLE("torch DoubleStorage", Optional.of(TensorType.F64)),
  HALF("torch HalfStorage", Optional.of(TensorType.F16)),
  BFLOAT16("torch BFloat16Storage", Optional.of(TensorType.BF16)),
  LONG("torch LongStorage", Optional.of(TensorType.I64)),
  INT("torch IntStorage", Optional.of(TensorType.I32));

  private final String title;
  private final Optional<TensorType> stored;

  PickleGlobal(String title, Optional<TensorType> stored) {
    this.title = title;
    this.stored = stored;
  }

  /** Module and name, with a space between. */
  String title() {
    return title;
  }

  /** The type of the numbers of a storage; empty for what is none. */
  Optional<TensorType> stored() {
    return stored;
  }

  static Optional<PickleGlobal> titled(String title) {
    return Arrays.stream(values()).filter(known -> known.title.equals(title)).findFirst();
  }

  /** The storage of numbers of a type. */
  static PickleGlobal storageOf(TensorType type) {
    return Arrays.stream(values())
        .filter(known -> known.stored.filter(type::equals).isPresent())
        .findFirst()
        .orElseThrow();
  }
}
