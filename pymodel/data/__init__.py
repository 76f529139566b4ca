"""From files on disk to examples: images with their landmarks, in stable splits."""
