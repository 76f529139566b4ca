"""Pictures of cats and dogs."""
