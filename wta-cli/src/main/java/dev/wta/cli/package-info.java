/** The wta command. */
package dev.wta.cli;
