/** Options that several commands share. */
package dev.wta.cli.option;
