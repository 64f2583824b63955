/** What sparse autoencoders look at before their first step, and what follows from it. */
package dev.wta.models.sae.begin;
