/** The composition root: how commands and what they need are put together. */
package dev.wta.cli.wiring;
