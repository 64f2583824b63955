/** What a training reads: samples, their pre-processed copies, the features of layers below. */
package dev.wta.models.training.samples;
