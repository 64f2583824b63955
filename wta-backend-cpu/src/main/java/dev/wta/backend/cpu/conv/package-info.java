/** Direct convolution, its filter gradient, pooling. */
package dev.wta.backend.cpu.conv;
