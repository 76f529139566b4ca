"""The stages of the pipeline, by what they are about; pymodel.pipeline puts them in order."""
