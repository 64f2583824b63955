package dev.wta.backend.cpu.memory;

import dev.wta.api.base.Allocation;
import dev.wta.api.base.StoredTensor;
import dev.wta.api.tensor.Shape;
import java.util.Optional;
import java.util.function.Function;

/** A stretch of a {@code float[]}. */
public final class CpuTensor extends StoredTensor<CpuTensor.Storage, CpuTensor> {

  /** The array behind a tensor and its views. */
  static final class Storage extends Allocation {
    private float[] array;
    private volatile boolean frozen;
    private volatile Form form;

    Storage(CpuMemory memory, float[] array) {
      super(memory);
      this.array = array;
    }

    float[] array() {
      requireOpen();
      return array;
    }

    @Override
    protected void release() {
      array = null;
      form = null;
    }
  }

  /** What a kernel made of a frozen tensor of that shape. */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  private record Form(Shape shape, float[] numbers) {}

  CpuTensor(Storage storage, Shape shape, long start, boolean view) {
    super(storage, shape, start, view);
  }

  @Override
  protected CpuTensor view(Storage storage, Shape shape, long start) {
    return new CpuTensor(storage, shape, start, true);
  }

  /** The array; the tensor's elements begin at {@link #offset}. */
  public float[] array() {
    return storage().array();
  }

  public int offset() {
    return (int) start();
  }

  /** From now on until it is closed nobody writes to the tensor's allocation. */
  void freeze() {
    storage().frozen = true;
  }

  /**
   * What a kernel makes of this tensor, kept with it; empty where the tensor is not frozen, is a
   * part of its allocation, or its form is that of another shape. There is one such kernel.
   *
   * @param make is called once
   */
  public Optional<float[]> frozenForm(Function<CpuTensor, float[]> make) {
    Storage storage = storage();
    boolean whole =
        start() == CpuMemory.FIRST && start() + shape().size() == storage.array().length;
    if (!storage.frozen || !whole) {
      return Optional.empty();
    }
    Form form = storage.form;
    if (form == null) {
      synchronized (storage) {
        form = storage.form;
        if (form == null) {
          form = new Form(shape(), make.apply(this));
          storage.form = form;
        }
      }
    }
    return form.shape().equals(shape()) ? Optional.of(form.numbers()) : Optional.empty();
  }

  /** The number of elements. */
  public int length() {
    return (int) shape().size();
  }
}
