/**
 * Competitions as values: which activations of a code survive a training step. A configuration
 * names them, such as {@code lifetime(0.05)}; a user's jar adds one with a {@link
 * dev.wta.models.competition.CompetitionProvider}.
 */
package dev.wta.models.competition;
