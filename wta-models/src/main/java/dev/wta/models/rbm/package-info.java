/** The winner-take-all restricted Boltzmann machine (WTA-RBM). */
package dev.wta.models.rbm;
