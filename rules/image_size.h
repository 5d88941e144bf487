/* The size in pixels that a picture file tells in its first octets; nothing is decoded. */
#pragma once

#include "rules/slice.h"

/* Octets of the file that are enough but for a JPEG with a large preview in front. */
enum { OV_IMAGE_HEADER = 64 * 1024 };

/* TRUE with width and height when start is the start of a PNG, JPEG, GIF, WebP or BMP file that
 * tells a size. */
gboolean ov_image_size(OvSlice start, guint *width, guint *height);
