"""What annotation files of all formats have in common: numbers, boxes, the pixels they count in, splits."""
