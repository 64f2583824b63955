/** Tensors and winners on ND4J's arrays, and the scope that frees temporaries. */
package dev.wta.backend.nd4j.memory;
