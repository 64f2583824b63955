/** The papers' data: where it comes from and how it is prepared. */
package dev.wta.reproduce.source;
