/** What the terminal shows while a command works: progress, width, Ctrl-C. */
package dev.wta.cli.terminal;
