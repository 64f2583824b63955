/** Convolutional winner-take-all autoencoders (CONV-WTA). */
package dev.wta.models.conv;
