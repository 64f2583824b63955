/** Features that outgrow memory, in files. */
package dev.wta.models.storage;
