/** Fully connected autoencoders: FC-WTA, k-sparse, plain, denoising and dropout autoencoders. */
package dev.wta.models.fc;
