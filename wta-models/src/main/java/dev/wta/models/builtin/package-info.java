/** The families and competitions that come with wta. */
package dev.wta.models.builtin;
