/** Written once for all backends: views, ownership and closing of tensors and winners. */
package dev.wta.api.base;
