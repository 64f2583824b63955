package dev.wta.api.reference;

/** The numbers behind a tensor and its views, until they are freed. */
final class Storage {
  private final HostMemory owner;
  private float[] values;

  Storage(HostMemory owner, int size) {
    this.owner = owner;
    this.values = new float[size];
  }

  HostMemory owner() {
    return owner;
  }

  boolean isOpen() {
    return values != null;
  }

  float get(int i) {
    return values[i];
  }

  void set(int i, float value) {
    values[i] = value;
  }

  void free() {
    values = null;
    owner.forget(this);
  }
}
