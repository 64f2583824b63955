/** Products in bfloat16 by oneDNN's C interface. */
package dev.wta.accelerator.onednn;
