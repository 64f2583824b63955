/** The work of the larger commands. */
package dev.wta.cli.job;
