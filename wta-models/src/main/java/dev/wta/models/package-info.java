/** Differentiation, layers, competitions, models, the trainer and its checkpoints. */
package dev.wta.models;
