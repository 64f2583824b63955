/** What {@code wta info} says of runs, data sets and files of weights. */
package dev.wta.cli.inspect;
