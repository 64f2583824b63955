/** {@code wta train --sweep}: several models on one reading of the data. */
package dev.wta.cli.sweep;
