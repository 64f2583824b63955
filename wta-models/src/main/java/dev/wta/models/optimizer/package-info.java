/** Optimisers and learning-rate schedules, as values. */
package dev.wta.models.optimizer;
