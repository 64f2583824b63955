/** Files of models: safetensors and JSON. */
package dev.wta.models.io;
