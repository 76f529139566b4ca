"""What leaves this machine for others: signed by the user's key, checked against what Google Play asks for."""
