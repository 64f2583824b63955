/**
 * Discriminative recurrent sparse autoencoders (Rolfe and LeCun 2013), and the analysis of what
 * their units do.
 */
package dev.wta.models.drsae;
