/** Grids of images and of a model's filters. */
package dev.wta.eval.image;
