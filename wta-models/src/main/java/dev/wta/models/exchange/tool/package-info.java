/** Tools of few conventions, a reader or a writer a file. */
package dev.wta.models.exchange.tool;
