/** The tables that come with wta, one a file. */
package dev.wta.reproduce.table;
