package dev.wta.data.importer.image;

import java.util.Set;

/** An image, and what was done to it. */
record DecodedImage(Image picture, Set<ImageRemark> remarks) {}
