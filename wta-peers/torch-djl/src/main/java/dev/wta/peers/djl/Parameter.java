package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** Numbers that training changes. */
abstract class Parameter {
  final NDArray value;
  private NDArray leaf;

  Parameter(NDArray value) {
    this.value = value;
    leaf = newLeaf();
  }

  /** The parameter in this step's graph. */
  final NDArray leaf() {
    return leaf;
  }

  /** Changes the numbers by the gradient that this step's graph gave, and ends the step. */
  final void update(int step) {
    try (NDArray gradient = JniUtils.getGradient((PtNDArray) leaf)) {
      apply(gradient, step);
    }
    leaf.close();
    leaf = newLeaf();
  }

  abstract void apply(NDArray gradient, int step);

  private NDArray newLeaf() {
    NDArray fresh = value.stopGradient();
    fresh.setRequiresGradient(true);
    return fresh;
  }
}
