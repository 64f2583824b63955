package dev.wta.backend.nd4j.op;

import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Scope;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The losses of a batch, in double precision. */
public final class Nd4jLosses {
  private Nd4jLosses() {}

  public static void squaredError(
      Nd4jTensor prediction, Nd4jTensor target, Nd4jTensor error, Nd4jTensor loss) {
    if (error.isEmpty()) {
      loss.vector().assign(0);
      return;
    }
    try (Scope scope = new Scope()) {
      // In float32, as it is stored: the loss is the sum of these very errors' squares.
      INDArray difference = scope.keep(prediction.vector().sub(target.vector()));
      error.vector().assign(difference);
      INDArray wide = scope.wide(difference);
      loss.vector().assign(Nd4jReductions.total(wide.muli(wide), scope));
    }
  }

  public static void softmaxCrossEntropy(
      Nd4jTensor logits, Nd4jTensor labels, Nd4jTensor gradient, Nd4jTensor loss) {
    if (logits.isEmpty()) {
      loss.vector().assign(0);
      return;
    }
    try (Scope scope = new Scope()) {
      INDArray scores = scope.wide(logits.matrix());
      int[] places = places(Nd4jMemory.host(labels), scores);
      INDArray largest = Nd4jReductions.maxima(1, scope.keep(scores.dup()), scope);
      scores.subi(column(largest)); // at most 0: no exponential overflows
      INDArray atLabels = scope.gather(scores.reshape('c', scores.length(), 1), places);
      INDArray probabilities = scope.keep(Transforms.exp(scores, true));
      INDArray partition = Nd4jReductions.sums(1, scope.keep(probabilities.dup()), scope);
      probabilities.divi(column(partition));
      for (int place : places) {
        probabilities.putScalar(place, probabilities.getDouble(place) - 1);
      }
      gradient.matrix().assign(probabilities);
      double scale = Nd4jReductions.total(Transforms.log(partition, false), scope);
      loss.vector().assign(scale - Nd4jReductions.total(atLabels, scope));
    }
  }

  private static INDArray column(INDArray vector) {
    return vector.reshape('c', vector.length(), 1);
  }

  /**
   * Where each sample's label stands among all scores. One that is no class makes the sample's
   * scores NaN, and so all that is computed of them.
   */
  private static int[] places(float[] labels, INDArray scores) {
    int classes = (int) scores.size(1);
    int[] places = new int[labels.length];
    for (int i = 0; i < places.length; i++) {
      int label = (int) labels[i];
      boolean isClass = label == labels[i] && label >= 0 && label < classes;
      if (!isClass) {
        scores.getRow(i).assign(Double.NaN);
      }
      places[i] = i * classes + (isClass ? label : 0);
    }
    return places;
  }
}
