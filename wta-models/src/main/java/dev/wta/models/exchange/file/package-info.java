/** Other tools' files: their configurations, and tensors that are asked for by name and shape. */
package dev.wta.models.exchange.file;
