/** Rank ordered autoencoders (Bertens 2016). */
package dev.wta.models.roae;
