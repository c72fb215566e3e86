"""/v2/images: the catalogue of images.  Their bytes, members and tags are nouns of their own."""
