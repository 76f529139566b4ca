"""The mean colour of a picture: a kind that only the tests know."""
