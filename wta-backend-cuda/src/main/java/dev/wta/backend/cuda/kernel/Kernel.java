package dev.wta.backend.cuda.kernel;

/**
 * The kernels, each with the source it stands in. A test holds this list and the sources together.
 */
public enum Kernel {
  MAP("elementwise", "mapElements"),
  ZIP("elementwise", "zipElements"),
  ZIP_ROW("elementwise", "zipRow"),
  ZIP_COLUMN("elementwise", "zipColumn"),
  AFFINE("elementwise", "affine"),
  CLIP("elementwise", "clip"),
  AXPY("elementwise", "axpy"),
  FINISH("elementwise", "finish"),
  FILL("words", "fillWords"),
  COPY("words", "copyWords"),
  TRANSPOSE("transpose", "transposeMatrix"),
  REDUCE_SHORT_ROWS("reduce", "reduceShortRows"),
  REDUCE_LONG_ROWS("reduce", "reduceLongRows"),
  REDUCE_COLUMNS("reduce", "reduceColumns"),
  SUM_PARTS("total", "sumParts"),
  SQUARED_ERROR_PARTS("total", "squaredErrorParts"),
  SUM_OF_PARTS("total", "sumOfParts"),
  SOFTMAX_CROSS_ENTROPY("softmax", "softmaxCrossEntropy"),
  GEMM_SMALL("gemm", "gemmSmall"),
  GEMM_LARGE("gemm", "gemmLarge"),
  UNFOLD("columns", "unfold"),
  FOLD("columns", "fold"),
  ROWS_OF_MAPS("columns", "rowsOfMaps"),
  MAPS_OF_ROWS("columns", "mapsOfRows"),
  FILTER_GRADIENT_PARTS("filtergradient", "filterGradientParts"),
  ADD_PARTS("filtergradient", "addParts"),
  MAX_POOL("pooling", "maxPool"),
  MAX_POOL_GRADIENT("pooling", "maxPoolGradient"),
  SELECT_GROUPS("select", "selectGroups"),
  ROUND_ROWS("screen", "roundRows"),
  SCREEN_ROWS("screen", "screenRows"),
  SPATIAL_MAXIMA("select", "spatialMaxima"),
  KEEP_ABOVE("select", "keepAbove"),
  COUNT_ROWS("select", "countRows"),
  EMIT_ROWS("select", "emitRows"),
  GLOBAL_HISTOGRAM("selectglobal", "globalHistogram"),
  GLOBAL_DIGIT("selectglobal", "globalDigit"),
  GLOBAL_TIES("selectglobal", "globalTies"),
  GLOBAL_KEEP("selectglobal", "globalKeep"),
  COUNT_WINNERS("winnerindex", "countWinners"),
  SCAN("winnerindex", "scan"),
  PLACE_WINNERS("winnerindex", "placeWinners"),
  SORT_PLACES("winnerindex", "sortPlaces"),
  ORDER_WINNERS("winnerindex", "orderWinners"),
  COPY_WINNERS("copywinners", "copyWinners"),
  RANK_WINNERS("copywinners", "rankWinners"),
  LEAST_WINNER("copywinners", "leastWinner"),
  DECODE("decode", "decodeRows"),
  DECODE_MAPS("decodemaps", "decodeMaps"),
  CODE_GRADIENT("codegradient", "codeGradientRows"),
  CODE_GRADIENT_MAPS("codegradient", "codeGradientMaps"),
  SCATTER("scatter", "scatterWinners"),
  GATHER("scatter", "gatherWinners"),
  UNIT_SUMS("scatter", "unitSums"),
  MATERIALISE("factored", "materialise"),
  SGD_SHORT_ROWS("factored", "sgdShortRows"),
  SGD_LONG_ROWS("factored", "sgdLongRows"),
  ADAM_SHORT_ROWS("factored", "adamShortRows"),
  ADAM_LONG_ROWS("factored", "adamLongRows"),
  SGD("update", "sgdElements"),
  SGD_TANGENT("update", "sgdTangent"),
  ADAM("update", "adamElements"),
  ADAM_TANGENT("update", "adamTangent"),
  NORMALISE_ROWS("update", "normaliseRows"),
  UNIFORM("random", "uniformNumbers"),
  NORMAL("random", "normalNumbers"),
  BERNOULLI("random", "bernoulliNumbers");

  private final String source;
  private final String function;

  Kernel(String source, String function) {
    this.source = source;
    this.function = function;
  }

  /** The source's name without its ending. */
  String source() {
    return source;
  }

  /** The name of the {@code __global__} function. */
  String function() {
    return function;
  }
}
