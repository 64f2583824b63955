/**
 * The backend on ND4J's {@code INDArray}: the independent second opinion, which shares no kernel
 * with the others, and the road to platforms that ND4J runs on.
 *
 * <p>Tensors are stretches of float32 arrays in ND4J's memory. Products and convolutions are ND4J's
 * float32 ones; everything else works on double-precision copies and rounds once when it stores, as
 * the reference does. Winners are chosen on the host and kept there; what is done with them is done
 * on gathered rows. That is simple and exact; where speed matters, the {@code cpu} backend has it.
 */
package dev.wta.backend.nd4j;
