/** Reading batches while earlier ones are used. */
package dev.wta.data.reading;
