package dev.wta.api.reference;

import dev.wta.api.base.Allocation;

/** The numbers behind a tensor and its views, until they are freed. */
final class ReferenceStorage extends Allocation {
  private float[] values;

  ReferenceStorage(ReferenceMemory owner, int size) {
    super(owner);
    this.values = new float[size];
  }

  float get(int i) {
    return values[i];
  }

  void set(int i, float value) {
    values[i] = value;
  }

  @Override
  protected void release() {
    values = null;
  }
}
