/** {@code wta import}, one format a file. */
package dev.wta.cli.importing;
