/**
 * Models on models: each {@link dev.wta.models.stacked.StackLayer} is a model of any family,
 * trained on the features of the one below it, and {@link dev.wta.models.stacked.Stacked} is all of
 * them as one encoder.
 */
package dev.wta.models.stacked;
