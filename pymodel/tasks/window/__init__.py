"""Windows of sensor values → p(Abnormal) before a machine fails."""
