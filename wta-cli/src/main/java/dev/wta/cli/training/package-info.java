/** {@code wta train}: its options, and the training of one model. */
package dev.wta.cli.training;
