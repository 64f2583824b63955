/** The {@code wta} command: entry point, root command, errors. */
package dev.wta.cli;
