/** Training: the trainer, its settings, and what it tells listeners. */
package dev.wta.models.training;
