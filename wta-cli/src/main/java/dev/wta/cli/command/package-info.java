/** The subcommands, one a file. */
package dev.wta.cli.command;
