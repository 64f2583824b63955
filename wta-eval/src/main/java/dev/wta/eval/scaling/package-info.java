/** Scaling of features before a probe. */
package dev.wta.eval.scaling;
