/** What commands write to standard output and to files, and their exit codes. */
package dev.wta.cli.output;
