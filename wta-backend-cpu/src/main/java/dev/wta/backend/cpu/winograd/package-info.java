/** The 5x5 convolution by Winograd's method. */
package dev.wta.backend.cpu.winograd;
