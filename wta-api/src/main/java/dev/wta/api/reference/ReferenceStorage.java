package dev.wta.api.reference;

/** The numbers behind a tensor and its views, until they are freed. */
final class ReferenceStorage {
  private final ReferenceMemory owner;
  private float[] values;

  ReferenceStorage(ReferenceMemory owner, int size) {
    this.owner = owner;
    this.values = new float[size];
  }

  ReferenceMemory owner() {
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
