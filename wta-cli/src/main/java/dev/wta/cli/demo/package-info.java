/** {@code wta demo}. */
package dev.wta.cli.demo;
