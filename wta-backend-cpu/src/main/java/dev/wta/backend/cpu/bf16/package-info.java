/** Dense products whose operands are rounded to bfloat16, by an accelerator. */
package dev.wta.backend.cpu.bf16;
