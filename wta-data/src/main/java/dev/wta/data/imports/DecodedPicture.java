package dev.wta.data.imports;

import java.util.Set;

/** A picture, and what was done to it. */
record DecodedPicture(Picture picture, Set<PictureRemark> remarks) {}
