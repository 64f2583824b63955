package dev.wta.peers.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** A layer of convolution or deconvolution whose maps have the size of its input. */
final class Convolution {
  private final String operation;
  private final int window;
  private final SgdParameter filters;
  private final SgdParameter biases;
  private final INDArray filterGradient;
  private final INDArray biasGradient;

  /** What it computed last. */
  final INDArray maps;

  /**
   * @param operation ND4J's name of it
   * @param rate what gradients are multiplied by
   */
  Convolution(
      String operation,
      INDArray filters,
      INDArray maps,
      double rate,
      double momentum,
      Memory memory) {
    this.operation = operation;
    this.maps = maps;
    window = Math.toIntExact(filters.size(2));
    this.filters = new SgdParameter(filters, rate, momentum, memory);
    biases = new SgdParameter(memory.zeros(maps.size(1)), rate, momentum, memory);
    filterGradient = memory.zeros(filters.shape());
    biasGradient = memory.zeros(maps.size(1));
  }

  void forward(INDArray in) {
    Nd4j.exec(of(operation).addInputs(in, filters.value, biases.value).addOutputs(maps).build());
  }

  /**
   * Works out all gradients, which ND4J does together.
   *
   * @param inGradient is written
   */
  void backward(INDArray in, INDArray mapGradient, INDArray inGradient) {
    Nd4j.exec(
        of(operation + "_bp")
            .addInputs(in, filters.value, biases.value, mapGradient)
            .addOutputs(inGradient, filterGradient, biasGradient)
            .build());
  }

  /** Changes filters and biases by their gradients. */
  void update() {
    filters.gradient(filterGradient);
    biases.gradient(biasGradient);
    filters.update();
    biases.update();
  }

  private DynamicCustomOp.DynamicCustomOpsBuilder of(String name) {
    int padding = window / 2;
    int stride = 1;
    int dilation = 1;
    int explicitPadding = 0;
    int channelsFirst = 0;
    int mapMajor = 1;
    return DynamicCustomOp.builder(name)
        .addIntegerArguments(
            window,
            window,
            stride,
            stride,
            padding,
            padding,
            dilation,
            dilation,
            explicitPadding,
            channelsFirst,
            mapMajor);
  }
}
