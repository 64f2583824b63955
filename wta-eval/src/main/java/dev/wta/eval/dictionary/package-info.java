/** Dictionaries beside one another: cosines of their rows, one-to-one matchings, known truth. */
package dev.wta.eval.dictionary;
