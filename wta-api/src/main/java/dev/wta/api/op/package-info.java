/**
 * The operations that models are written against, in seven groups, and their arguments. All of them
 * are float32, row-major and eager, and write into tensors that the caller allocated.
 */
package dev.wta.api.op;
