"""Named points, each by the peak of its heatmap."""
