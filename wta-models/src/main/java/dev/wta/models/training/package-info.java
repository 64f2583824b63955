/** Training: the trainer, its settings, and the events for its listeners. */
package dev.wta.models.training;
