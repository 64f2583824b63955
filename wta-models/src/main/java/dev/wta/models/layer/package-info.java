/** Differentiable layers, one a file: an operation's forward pass and its gradient. */
package dev.wta.models.layer;
