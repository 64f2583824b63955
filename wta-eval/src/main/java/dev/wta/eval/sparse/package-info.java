/** How well single latents predict classes: k-sparse probing, and the best latent of each class. */
package dev.wta.eval.sparse;
